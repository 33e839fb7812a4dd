/* See reply_stream.h. */
#include "bff/http/reply_early.h"
#include "bff/http/reply_head.h"
#include "bff/http/reply_stream.h"
#include "bff/http/reply_wait.h"
#include "bff/http/request_kept.h"
#include "bff/http/untaken.h"

/* Sends the head without a body. A libh2o filter would keep back an empty piece, and the head with
 * it. So the head is passed directly to the last of libh2o's output streams. */
static void send_head(struct request *request)
{
    h2o_ostream_t *last = request->h2o->_ostr_top;
    h2o_iovec_t nothing = h2o_iovec_init(NULL, 0);

    while (last->next != NULL)
        last = last->next;
    last->do_send(last, request->h2o, &nothing, 0, H2O_SEND_STATE_IN_PROGRESS);
}

/* True when the answer has a body whose length is not known (RFC 9112 section 6.3). */
static bool is_endless(const struct request *request)
{
    int status = request->h2o->res.status;

    return request->h2o->res.content_length == SIZE_MAX && status >= 200 && status != 204 &&
           status != 304 && !text_is(request->method, "HEAD");
}

/* True when only the end of the connection ends the body. HTTP/1.0 has no chunks. */
static bool ends_with_connection(const struct request *request)
{
    return request_version(request) < 0x101 && is_endless(request);
}

/*
 * Has libh2o write an endless body in chunks, whatever its status. Its filter for chunks takes an
 * answer with status 200 only, and closes the connection after any other. It looks at the status
 * when the response starts; the head is written later. By the end of a connection alone, some
 * clients cannot see that a body was cut.
 */
static void start_in_chunks(struct request *request, h2o_generator_t *generator)
{
    int status = request->h2o->res.status;

    request->h2o->res.status = 200;
    h2o_start_response(request->h2o, generator);
    request->h2o->res.status = status;
}

static void start(struct request *request, h2o_generator_t *generator)
{
    if (ends_with_connection(request))
        request->h2o->http1_is_persistent = 0;
    if (request_version(request) == 0x101 && is_endless(request))
        start_in_chunks(request, generator);
    else
        h2o_start_response(request->h2o, generator);
}

/* Sends the collected bytes. The wait ends first, because libh2o expects the socket in the state in
 * which libh2o left it. The stream may be freed after the last send. */
static void send_on(struct reply_stream *stream)
{
    struct request *request = stream->request;
    h2o_send_state_t state = H2O_SEND_STATE_IN_PROGRESS;

    reply_wait_end(request);
    struct text next = send_buffer_swap(&stream->buffer);
    if (stream->is_ended) {
        state = stream->is_cut ? H2O_SEND_STATE_ERROR : H2O_SEND_STATE_FINAL;
        if (stream->is_cut && ends_with_connection(request))
            client_end_short(request->client);
    }
    request_sending(request);
    h2o_iovec_t bytes = h2o_iovec_init(next.at, next.len);
    stream->has_head = true;
    bool is_complete = state == H2O_SEND_STATE_FINAL && request_is_http2(request);
    if (next.len == 0 && !stream->is_ended)
        send_head(request);
    else
        h2o_send(request->h2o, &bytes, next.len > 0 ? 1 : 0, state);
    if (is_complete)
        untaken_look(request, (struct text){0});
}

/* libh2o has sent all bytes that it had and asks for more. ${ready} is called before the end is
 * sent, since the stream may be freed when the end of the answer is sent. */
static void on_proceed(h2o_generator_t *generator, h2o_req_t *h2o_req)
{
    struct reply_stream *stream = (struct reply_stream *)generator;

    stream->buffer.is_sending = false;
    request_sent(stream->request);
    stream->ready(stream->cookie);
    if (stream->buffer.next.len > 0 || stream->is_ended)
        send_on(stream);
    else
        reply_wait_again(stream->request);
}

/* libh2o has noticed that the client has left. */
static void on_stop(h2o_generator_t *generator, h2o_req_t *h2o_req)
{
    reply_wait_gone(((struct reply_stream *)generator)->request);
}

static void gather(struct reply_filter *sink, struct text bytes)
{
    send_buffer_add(&H2O_STRUCT_FROM_MEMBER(struct reply_stream, sink, sink)->buffer, bytes);
}

void reply_stream_begin(struct reply_stream *stream, struct request *request,
                        void (*ready)(void *cookie), void *cookie)
{
    stream->generator = (h2o_generator_t){.proceed = on_proceed, .stop = on_stop};
    stream->request = request;
    stream->ready = ready;
    stream->cookie = cookie;
    request->answer.has_begun = true;
    reply_early_begin(request);
    reply_head_end(request);
    reply_filter_head(request);
    if (request->answer.filters != NULL) {
        stream->sink.data = gather;
        reply_filter_add(request, &stream->sink);
    }
    reply_wait_end(request);
    start(request, &stream->generator);
}

bool reply_stream_more(struct reply_stream *stream, struct text bytes)
{
    if (stream->request->is_recorded)
        request_kept_add(stream->request, bytes);
    if (stream->request->answer.filters == NULL)
        send_buffer_add(&stream->buffer, bytes);
    else
        reply_filter_data(stream->request, bytes);
    return !send_buffer_is_full(&stream->buffer);
}

/* The source may have received only the framing of a chunk, so that there is nothing to send. An
 * empty send must not happen: for libh2o it is the end of the answer. */
void reply_stream_flush(struct reply_stream *stream)
{
    reply_filter_flush(stream->request);
    if (!stream->buffer.is_sending && (stream->buffer.next.len > 0 || !stream->has_head))
        send_on(stream);
}

static void finish(struct reply_stream *stream, bool is_cut)
{
    reply_filter_end(stream->request, is_cut);
    reply_early_end(stream->request);
    is_cut = is_cut || stream->request->answer.is_broken;
    stream->is_ended = true;
    stream->is_cut = is_cut;
    if (!stream->buffer.is_sending)
        send_on(stream);
    else if (!is_cut)
        untaken_look(stream->request,
                     (struct text){stream->buffer.next.at, stream->buffer.next.len});
}

void reply_stream_end(struct reply_stream *stream) { finish(stream, false); }

void reply_stream_cut(struct reply_stream *stream) { finish(stream, true); }

void reply_stream_free(struct reply_stream *stream) { send_buffer_free(&stream->buffer); }
