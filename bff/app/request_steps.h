/*
 * THE table of steps: the order in which a request is looked at. It is written here and nowhere
 * else. docs/design.md explains the order under "Steps". A new step is a row here and a file of its
 * own, step_NAME.c, with the function step_NAME.
 *
 *   cors       gives every answer its CORS fields, refusals too
 *   guard      refuses what no later step may see: 431, 400, 501, 414, 417, 413
 *   client     finds the client's address, also behind trusted proxies
 *   health     answers /health, /ready and /health/{service}
 *   route      finds the composite or the plain route; 400, 404 and 405 are decided, not yet sent
 *   preflight  answers a CORS preflight
 *              (here: limits by address, so that a 404 counts)
 *   found      answers what step_route decided: 400, 404, 405, OPTIONS
 *              (here: the session)
 *   login      finds the user: 400, 403
 *              (here: limits by user or key)
 *   access     checks whether this user is allowed: 401, 403
 *   body       waits for the body, and refuses one that is too long for the route: 413
 *              (here: the cache)
 *   serve      hands the request to the composite or to the proxy
 */
#ifndef BFF_APP_REQUEST_STEPS_H
#define BFF_APP_REQUEST_STEPS_H

#include "bff/app/request_context.h"

#define REQUEST_STEPS(ROW)                                                                         \
    ROW(cors)                                                                                      \
    ROW(guard)                                                                                     \
    ROW(client)                                                                                    \
    ROW(health)                                                                                    \
    ROW(route)                                                                                     \
    ROW(preflight)                                                                                 \
    ROW(found)                                                                                     \
    ROW(login)                                                                                     \
    ROW(access)                                                                                    \
    ROW(body)                                                                                      \
    ROW(serve)

/* The functions of the rows, step_cors to step_serve. */
#define REQUEST_STEPS_DECLARE(name) enum step_result step_##name(struct request_context *context);
REQUEST_STEPS(REQUEST_STEPS_DECLARE)

/* The rows; the last one is all zero. */
extern const struct step request_steps[];

/* Runs the table for ${request}, which is answered now or later. What ${dispatch} and ${worker}
 * point to lives as long as the request. */
void request_steps_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request);

/* Part of step_preflight: True when ${request} is a preflight. Then its fields are in ${out}. */
bool step_preflight_read(const struct request *request, struct cors_preflight *out);

/* Part of step_route: looks up ${method} with the request's path, and writes the result to ${out},
 * which is all zero before. */
void step_route_find(struct request_context *context, struct text method, struct found *out);

#endif
