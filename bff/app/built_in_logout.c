/* See built_in_logout.h. The step session has checked that a page of ours has sent the request. */
#include "bff/app/built_in_logout.h"
#include "bff/app/session_request.h"
#include "bff/http/reply.h"
#include "bff/http/reply_wait.h"

/* The session is revoked and its cookies are cleared, whatever its store says. */
static void answer(struct request_context *context)
{
    reply_send(context->request,
               &(struct reply){
                   .status = 204,
                   .fields = (struct reply_field[]){{"cache-control", TEXT("no-store")}},
                   .field_count = 1,
               });
}

static void on_ended(struct request_context *context, enum session_store_end end)
{
    (void)end;
    answer(context);
}

static void on_gone(void *cookie) { session_request_cancel(cookie); }

enum step_result built_in_logout(struct request_context *context)
{
    if (session_request_end(context, on_ended) == SESSION_STORE_WAITS)
        reply_wait_begin(context->request, REPLY_WAIT_FOR_WORK, on_gone, context);
    else
        answer(context);
    return STEP_ANSWERED;
}
