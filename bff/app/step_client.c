/* Step "client": finds the address of the client, also behind trusted proxies. */
#include "bff/app/request_steps.h"
#include "bff/edge/peer.h"

enum step_result step_client(struct request_context *context)
{
    peer_find(context->request, context->dispatch->trusted);
    return STEP_PASS;
}
