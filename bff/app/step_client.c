/* Step "client": finds the address of the client, also behind trusted proxies, and the deadline
 * that a trusted proxy states. */
#include "bff/app/request_steps.h"
#include "bff/base/clock.h"
#include "bff/edge/deadline.h"
#include "bff/edge/peer.h"

enum step_result step_client(struct request_context *context)
{
    struct request *request = context->request;

    context->caller.identity = context->worker->identity;
    peer_find(request, context->dispatch->trusted);
    if (request->peer->is_trusted)
        context->until_ns = deadline_find(request, clock_now_ns());
    return STEP_PASS;
}
