/* The admin page that revokes a token, a session, or all of them that a user has. */
#ifndef BFF_APP_ADMIN_REVOKE_H
#define BFF_APP_ADMIN_REVOKE_H

#include "bff/app/admin_request.h"

/* POST: the body is a record of revocation_record.h. When Redis cannot be told, the answer is 503,
 * and the revocation holds in this process. */
enum step_result admin_revoke_post(struct admin_request *admin);

#endif
