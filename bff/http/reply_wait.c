/* See reply_wait.h. */
#include "bff/http/body.h"
#include "bff/http/reply.h"
#include "bff/http/reply_filter.h"
#include "bff/http/reply_wait.h"
#include "bff/http/worker_settings.h"

void reply_wait_gone(struct request *request)
{
    reply_filter_end(request, true);
    request->answer.gone(request->answer.cookie);
}

/* A streamed answer that has begun can only be cut. A client that has left gets nothing more. */
static void on_left(struct watch *watch)
{
    struct request *request = H2O_STRUCT_FROM_MEMBER(struct request, answer.watch, watch);

    if (!watch->is_late)
        client_shut(request->client);
    if (request->answer.has_begun) {
        reply_wait_gone(request);
        h2o_send(request->h2o, NULL, 0, H2O_SEND_STATE_ERROR);
        return;
    }
    request->answer.gone(request->answer.cookie);
    if (watch->is_late)
        reply_error(request, 504, "Gateway timeout");
    else
        reply_nobody(request);
}

void reply_wait_leave(struct request *request)
{
    client_shut(request->client);
    reply_nobody(request);
}

void reply_wait_again(struct request *request)
{
    struct request_answer *answer = &request->answer;
    bool is_watched = answer->watch.client != NULL || body_is_read(request->body);

    if (!request_is_http2(request) && !is_watched)
        watch_begin(&answer->watch, request->client,
                    request->settings->http->answers_half_closed ? answer->half_closed_ms : 0,
                    on_left);
}

void reply_wait_begin(struct request *request, uint32_t half_closed_ms, void (*gone)(void *cookie),
                      void *cookie)
{
    request->answer.half_closed_ms = half_closed_ms;
    request->answer.gone = gone;
    request->answer.cookie = cookie;
    reply_wait_again(request);
}

void reply_wait_end(struct request *request) { watch_end(&request->answer.watch); }
