/* The origin of this server, as the browser of a request knows it, for URLs of our own. */
#ifndef BFF_APP_BUILT_IN_ORIGIN_H
#define BFF_APP_BUILT_IN_ORIGIN_H

#include "bff/app/request_context.h"

/*
 * Returns the origin, such as "https://shop.example". With session.origins it is one of them: that
 * of the request, or else the first one. So no client can choose another one. Only for a
 * configuration with sessions. Absent: the request has no Host, and there are no origins.
 */
struct text built_in_origin(const struct request_context *context);

/* True when a browser opens the page itself, as far as it says so: no script and no frame
 * (Sec-Fetch-Mode and Sec-Fetch-Dest), and no HEAD, which would use up what is for one use. */
bool built_in_origin_is_visit(const struct request_context *context);

/* Refuses a request that is no visit: 405 or 403. Returns STEP_REFUSED. */
enum step_result built_in_origin_refuse(struct request_context *context);

#endif
