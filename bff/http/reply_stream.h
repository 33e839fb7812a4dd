/*
 * An answer that is sent while its body arrives from a source. A slow client slows the source down
 * (backpressure): while libh2o sends one group of bytes, the next bytes are collected. When
 * SEND_BUFFER_AHEAD_BYTES have been collected, the source must pause until the client has taken the
 * first group.
 *
 * The order of calls: reply_wait_begin when the work begins; reply_head_begin and reply_head_add
 * for the head; reply_stream_begin; then reply_stream_more and reply_stream_flush as bytes arrive;
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

/* A streamed answer, in the memory of its source. It is all zero before reply_stream_begin. */
struct reply_stream {
    h2o_generator_t generator; /* must be first: libh2o passes its address to the callbacks */
    struct request *request;
    void (*ready)(void *cookie);
    void *cookie;
    struct send_buffer buffer;
    struct reply_filter sink; /* the last filter: it comes after the request's filters */
    bool has_head;            /* the head has been given to libh2o for sending */
    bool is_ended;            /* the source has no more bytes */
    bool is_cut;              /* the answer ended before it was complete */
};

/*
 * Begins the answer to ${request}, whose head has been written. The head is sent with the first
 * flush. Each time the client has taken the bytes that were sent, ${ready} is called with
 * ${cookie}, so that a paused source can continue. When the client leaves, the callback of
 * reply_wait_begin is called. From then on only reply_stream_free may be called for the stream.
 */
void reply_stream_begin(struct reply_stream *stream, struct request *request,
                        void (*ready)(void *cookie), void *cookie);

static inline bool reply_stream_has_begun(const struct reply_stream *stream)
{
    return stream->request != NULL;
}

/* True when a filter has refused what follows (reply_filter_break). The source need not go on: the
 * answer will be cut. */
static inline bool reply_stream_is_broken(const struct reply_stream *stream)
{
    return stream->request->answer.is_broken;
}

/* Adds ${bytes} to the bytes that are sent next. They are borrowed during the call. Returns false
 * when the source must pause until ${ready}. */
bool reply_stream_more(struct reply_stream *stream, struct text bytes);

/* Sends the bytes that have been added. If other bytes are being sent now, the new bytes are sent
 * after them. */
void reply_stream_flush(struct reply_stream *stream);

/* Ends the answer: its body is complete. Afterwards neither ${stream} nor its request may be
 * touched: both may be gone. */
void reply_stream_end(struct reply_stream *stream);

/* Does the same as reply_stream_end, but the body is not complete, and the client must see that
 * (RFC 9112 section 8). */
void reply_stream_cut(struct reply_stream *stream);

/* Frees the buffers of ${stream}. To be called when the request has ended. Idempotent. */
void reply_stream_free(struct reply_stream *stream);

#endif
