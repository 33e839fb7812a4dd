/*
 * Sends the messages of a streamed page, one after the other, in the frame of its format. At most
 * one message is on its way at a time. A long message is passed on in slices, so that a slow client
 * does not cost memory.
 */
#ifndef BFF_COMPOSE_PAGE_STREAM_H
#define BFF_COMPOSE_PAGE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/compose/page_frame.h"
#include "bff/compose/pieces.h"
#include "bff/http/reply_stream.h"

/* It is all zero before page_stream_begin. */
struct page_stream {
    struct reply_stream reply;
    struct page_frame frame;
    struct pool *pool;
    struct pieces message;
    enum page_frame_kind kind; /* of the message */
    bool has_message;          /* some of it has not been passed on */
    size_t piece, offset;      /* where the rest of it begins */
    size_t unsent;             /* bytes that have been passed on since the last flush */
    size_t bytes;              /* of all messages that have been passed on, without frames */
};

/* Begins the answer: status 200 and the fields of a stream. ${ready} is as in reply_stream_begin.
 */
void page_stream_begin(struct page_stream *stream, struct request *request, enum page_format format,
                       void (*ready)(void *cookie), void *cookie);

/* Begins a message of ${kind}. The message before it must have been passed on. The caller adds the
 * text to the returned pieces, and then calls page_stream_pass. */
struct pieces *page_stream_message(struct page_stream *stream, enum page_frame_kind kind);

/* Passes on what is left of the message. Returns false when the client is too slow: then the caller
 * waits for ${ready}, and calls this function again, but not inside of ${ready}. */
bool page_stream_pass(struct page_stream *stream);

/* Sends what has been passed on. */
void page_stream_flush(struct page_stream *stream);

/* Sends what shows the client that the connection is good. */
void page_stream_beat(struct page_stream *stream);

/* Ends the answer. Afterwards neither ${stream} nor its request may be touched. */
void page_stream_end(struct page_stream *stream);

#endif
