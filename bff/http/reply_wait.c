/* See reply_wait.h. */
#include "bff/http/reply.h"
#include "bff/http/reply_filter.h"
#include "bff/http/reply_wait.h"

void reply_wait_gone(struct request *request)
{
    reply_filter_end(request, true);
    request->answer.gone(request->answer.cookie);
}

/* The client of an HTTP/1.1 request has left. A streamed answer that has begun can only be cut. */
static void on_left(struct watch *watch)
{
    struct request *request = H2O_STRUCT_FROM_MEMBER(struct request, answer.watch, watch);

    if (request->answer.has_begun) {
        reply_wait_gone(request);
        h2o_send(request->h2o, NULL, 0, H2O_SEND_STATE_ERROR);
    } else {
        request->answer.gone(request->answer.cookie);
        reply_nobody(request);
    }
}

void reply_wait_again(struct request *request)
{
    if (!request_is_http2(request))
        watch_begin(&request->answer.watch, request->client, on_left);
}

void reply_wait_begin(struct request *request, void (*gone)(void *cookie), void *cookie)
{
    request->answer.gone = gone;
    request->answer.cookie = cookie;
    reply_wait_again(request);
}

void reply_wait_end(struct request *request) { watch_end(&request->answer.watch); }
