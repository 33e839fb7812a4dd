/* The admin page that reads the configuration again. */
#ifndef BFF_APP_ADMIN_RELOAD_H
#define BFF_APP_ADMIN_RELOAD_H

#include "bff/app/admin_request.h"

/* POST: answers when all workers use the new configuration, or with 422 and its mistakes. */
enum step_result admin_reload_post(struct admin_request *admin);

#endif
