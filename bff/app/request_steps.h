/*
 * The table of steps. It is the only place that sets the order in which the server handles a
 * request. docs/design.md explains the order under "Steps". A new step is a row here and a file of
 * its own, step_NAME.c, with the function step_NAME.
 *
 *   cors         adds CORS fields to every answer, also to refusals
 *   guard        refuses requests that no later step may see: 431, 400, 501, 414, 417, 413
 *   client       finds the address of the client, also behind trusted proxies
 *   health       answers /health, /ready and /health/{service}
 *   route        finds the composite or the plain route; decides 400, 404 and 405 but does not send
 *                them
 *   security     adds header fields that tell browsers to be careful
 *   preflight    answers a CORS preflight
 *   limits       counts the request under the limits by address, so that a 404 counts: 429
 *   found        sends what step_route has decided: 400, 404, 405, answers to OPTIONS
 *   network      checks whether the client's network may use the route: 403
 *   session      finds the session of the cookies, and checks that no other site has made the
 *                browser send the request: 401, 403, 503
 *   renewal      renews the tokens of a session that end soon: 503
 *   api_key      finds the API key: 400, 401, 403, 503
 *   usage        counts the request under the usage plan of its API key: 429
 *   login        finds the user by a token: 400, 403, 503
 *   authorizer   asks a service whether the request may pass: 403, 503
 *   limits_user  counts the request under the limits by user: 429
 *   access       checks whether this user is allowed: 401, 403
 *   body         waits for the body, and refuses one that is too long for the route: 413; and one
 *                that a composite cannot use: 400, 415
 *   transform    prepares the changes of the request, and of its answer
 *   compress     decides whether the answer gets a content coding
 *   direct       answers a route that asks no service: a redirect or a fixed answer; chooses the
 *                service of a split
 *   built_in     answers the pages of this server: /bff/login, /.well-known/jwks.json
 *   cache        looks whether the answer is stored; waits for the call of another request: 504
 *   serve        hands the request to the composite or to the proxy
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
    ROW(security)                                                                                  \
    ROW(preflight)                                                                                 \
    ROW(limits)                                                                                    \
    ROW(found)                                                                                     \
    ROW(network)                                                                                   \
    ROW(session)                                                                                   \
    ROW(renewal)                                                                                   \
    ROW(api_key)                                                                                   \
    ROW(usage)                                                                                     \
    ROW(login)                                                                                     \
    ROW(authorizer)                                                                                \
    ROW(limits_user)                                                                               \
    ROW(access)                                                                                    \
    ROW(body)                                                                                      \
    ROW(transform)                                                                                 \
    ROW(compress)                                                                                  \
    ROW(direct)                                                                                    \
    ROW(built_in)                                                                                  \
    ROW(cache)                                                                                     \
    ROW(serve)

/* The functions of the rows, step_cors to step_serve. */
#define REQUEST_STEPS_DECLARE(name) enum step_result step_##name(struct request_context *context);
REQUEST_STEPS(REQUEST_STEPS_DECLARE)

/* The rows; the last one is all zero. */
extern const struct step request_steps[];

/* Runs the steps for ${request}. One of them answers it, now or later. What ${dispatch} and
 * ${worker} point to must live as long as the request. */
void request_steps_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request);

/* Part of step_preflight: returns true when ${request} is a preflight. Writes its fields to ${out}.
 */
bool step_preflight_read(const struct request *request, struct cors_preflight *out);

/* Part of step_authorizer: true when the authorizer checks the token of this request, and
 * step_login does not. */
bool step_authorizer_checks_token(const struct request_context *context);

/* Part of step_serve: writes what the proxy is asked to do to ${out}. */
void step_serve_describe(struct request_context *context, struct proxy_ask *out);

/* Part of step_serve: true when the client's deadline has passed. The client does not wait any
 * more, and no service is asked. */
bool step_serve_is_late(const struct request_context *context);

/* Part of step_route: looks up ${method} with the request's path, and writes the result to ${out},
 * which the caller has set to all zero. */
void step_route_find(struct request_context *context, struct text method, struct found *out);

/* Part of step_body: waits for the body of a request for a composite that changes data, which must
 * be JSON: 400, 413, 415. Sets context->input. */
enum step_result step_body_page(struct request_context *context);

/* Part of step_body: waits for the whole body, and refuses a body of more than ${limit} bytes. */
enum step_result step_body_read(struct request_context *context, size_t limit);

#endif
