/*
 * The page POST /bff/backchannel-logout: a provider says that a user has logged out there (OpenID
 * Connect Back-Channel Logout 1.0). The signature of the logout token is the proof. Then the user's
 * sessions end here, in all processes.
 */
#ifndef BFF_APP_BUILT_IN_BACKCHANNEL_H
#define BFF_APP_BUILT_IN_BACKCHANNEL_H

#include "bff/app/request_context.h"

/* For the table of pages (built_in_pages.h). */
enum step_result built_in_backchannel(struct request_context *context);

#endif
