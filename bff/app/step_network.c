/* Step "network": checks whether the client's network may use the route. */
#include "bff/app/request_steps.h"
#include "bff/edge/network_rule.h"
#include "bff/http/request_peer.h"

enum step_result step_network(struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    if (route == NULL || network_rule_admits(&route->network, context->request->peer->client))
        return STEP_PASS;
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){.status = 403, .message = "Forbidden"});
}
