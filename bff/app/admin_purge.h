/* The admin pages that purge the cache, of this process and of all others that share its Redis. */
#ifndef BFF_APP_ADMIN_PURGE_H
#define BFF_APP_ADMIN_PURGE_H

#include "bff/app/admin_request.h"

/* POST: the body says what is purged (cache_purge.h). */
enum step_result admin_purge_post(struct admin_request *admin);

/* PURGE: the path of the request is purged; with '*' at its end, all paths that begin with it. */
enum step_result admin_purge_path(struct admin_request *admin);

#endif
