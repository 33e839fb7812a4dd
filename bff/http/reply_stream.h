/*
 * An answer that is sent while its body comes in. The client holds the source back (backpressure):
 * while libh2o sends one group of bytes, the next one gathers, and when this next group has grown
 * to SEND_BUFFER_AHEAD_BYTES, the source must pause until the client has taken the first group.
 *
 * The order of calls: reply_wait_begin when the work begins; reply_head_begin and reply_head_add
 * for the head; reply_stream_begin; then reply_stream_more and reply_stream_flush as bytes come;
 * and at the end reply_stream_end or reply_stream_cut.
 */
#ifndef BFF_HTTP_REPLY_STREAM_H
#define BFF_HTTP_REPLY_STREAM_H

#include <stdbool.h>

#include <h2o.h>

#include "bff/base/text.h"
#include "bff/http/reply_filter.h"
#include "bff/http/request.h"
#include "bff/http/send_buffer.h"

/* Lies in its source's memory, all zero before reply_stream_begin. */
struct reply_stream {
    h2o_generator_t generator; /* first: libh2o gives it back */
    struct request *request;
    void (*ready)(void *cookie);
    void *cookie;
    struct send_buffer buffer;
    struct reply_filter sink; /* after the request's filters */
    bool has_head;            /* the client has the head, or it is on its way */
    bool is_ended;            /* no more bytes come */
    bool is_cut;              /* and some are missing */
};

/*
 * Begins the answer to ${request}, whose head has been written. The head leaves with the first
 * flush. ${ready} is called with ${cookie} each time when the client has taken what was sent, so
 * that a paused source goes on. When the client leaves, the callback of reply_wait_begin is called.
 * From then on only reply_stream_free may be called for the stream.
 */
void reply_stream_begin(struct reply_stream *stream, struct request *request,
                        void (*ready)(void *cookie), void *cookie);

static inline bool reply_stream_has_begun(const struct reply_stream *stream)
{
    return stream->request != NULL;
}

/* Adds ${bytes}, borrowed during the call, to what is sent next. Returns false when the source must
 * pause until ${ready}. */
bool reply_stream_more(struct reply_stream *stream, struct text bytes);

/* Sends the bytes that have been added. While other bytes are being sent, it sends them after
 * those. */
void reply_stream_flush(struct reply_stream *stream);

/* Ends the answer: its body is complete. Afterwards neither ${stream} nor its request may be
 * touched: both may be gone. */
void reply_stream_end(struct reply_stream *stream);

/* As reply_stream_end, but the body is not complete, and the client must see that (RFC 9112 section
 * 8). */
void reply_stream_cut(struct reply_stream *stream);

/* Frees its buffers. To be called when the request is gone. Idempotent. */
void reply_stream_free(struct reply_stream *stream);

#endif
