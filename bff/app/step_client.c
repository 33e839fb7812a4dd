/* Step "client": finds the address of the client, also behind trusted proxies, the deadline
 * that a trusted proxy states, and the certificate that the client has shown. */
#include "bff/app/request_steps.h"
#include "bff/base/clock.h"
#include "bff/edge/deadline.h"
#include "bff/edge/peer.h"

/* A copy, because the request may outlive the connection. */
static struct client_certificate certificate_of(const struct request *request)
{
    const struct client_certificate *shown = request->client->certificate;
    struct pool *pool = request->pool;

    if (shown == NULL)
        return (struct client_certificate){0};
    return (struct client_certificate){
        .subject = shown->subject.at == NULL ? shown->subject : pool_text(pool, shown->subject),
        .fingerprint = pool_text(pool, shown->fingerprint)};
}

enum step_result step_client(struct request_context *context)
{
    struct request *request = context->request;

    context->caller.identity = context->worker->identity;
    context->caller.subject_header = context->dispatch->subject_header;
    context->caller.certificate = certificate_of(request);
    peer_find(request, context->dispatch->trusted);
    if (request->peer->is_trusted)
        context->until_ns = deadline_find(request, clock_now_ns());
    return STEP_PASS;
}
