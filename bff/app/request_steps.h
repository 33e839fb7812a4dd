/*
 * THE table of steps: the order in which a request is looked at. It is written here and nowhere
 * else. A new step is a row in request_steps.c, a line below and a file of its own, step_NAME.c.
 */
#ifndef BFF_APP_REQUEST_STEPS_H
#define BFF_APP_REQUEST_STEPS_H

#include "bff/app/request_context.h"

extern const struct step request_steps[];

/* Runs the table for ${request}, which is answered now or later. What ${dispatch} and ${worker}
 * point to lives as long as the request. */
void request_steps_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request);

enum step_result step_cors(struct request_context *context);
enum step_result step_guard(struct request_context *context);
enum step_result step_health(struct request_context *context);
enum step_result step_route(struct request_context *context);
enum step_result step_preflight(struct request_context *context);
enum step_result step_found(struct request_context *context);
enum step_result step_login(struct request_context *context);
enum step_result step_access(struct request_context *context);
enum step_result step_body(struct request_context *context);
enum step_result step_serve(struct request_context *context);

/* Looks ${method} up with the request's path, into ${out}, which is all zero. */
void step_route_find(struct request_context *context, struct text method, struct found *out);

#endif
