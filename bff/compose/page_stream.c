/* See page_stream.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/compose/page_stream.h"
#include "bff/http/reply_head.h"
#include "bff/http/worker.h"

#define SLICE_BYTES ((size_t)8 * 1024)
#define MESSAGE_BYTES 512 /* of short texts in a message */

/* nginx collects what it passes on, unless x-accel-buffering forbids it. */
static void write_head(struct request *request, struct text type)
{
    reply_head_begin(request, 200, REPLY_HEAD_NO_LENGTH);
    reply_head_add(request, TEXT("content-type"), type);
    reply_head_add(request, TEXT("cache-control"), TEXT("no-store"));
    reply_head_add(request, TEXT("x-accel-buffering"), TEXT("no"));
}

void page_stream_begin(struct page_stream *stream, struct request *request, enum page_format format,
                       void (*ready)(void *cookie), void *cookie)
{
    stream->pool = request->pool;
    stream->frame = page_frame_make(format, &request->worker->random, request->pool);
    write_head(request, stream->frame.type);
    reply_stream_begin(&stream->reply, request, ready, cookie);
}

struct pieces *page_stream_message(struct page_stream *stream, enum page_frame_kind kind)
{
    must(!stream->has_message);
    pieces_init(&stream->message, stream->pool, MESSAGE_BYTES);
    stream->kind = kind;
    stream->has_message = true;
    stream->piece = 0;
    stream->offset = 0;
    reply_stream_more(&stream->reply, page_frame_before(&stream->frame, kind));
    return &stream->message;
}

static bool has_break(struct text slice)
{
    return memchr(slice.at, '\n', slice.len) != NULL || memchr(slice.at, '\r', slice.len) != NULL;
}

/* Passes on a slice of JSON. There, a line break can only be between two tokens, where a space
 * means the same. */
static bool pass_slice(struct page_stream *stream, struct text slice)
{
    char copy[SLICE_BYTES];

    if (!stream->frame.is_one_line || !has_break(slice))
        return reply_stream_more(&stream->reply, slice);
    for (size_t i = 0; i < slice.len; i++)
        copy[i] = slice.at[i] == '\n' || slice.at[i] == '\r' ? ' ' : slice.at[i];
    return reply_stream_more(&stream->reply, (struct text){copy, slice.len});
}

static struct text next_slice(struct page_stream *stream)
{
    struct text piece = stream->message.rows[stream->piece];
    struct text slice = {piece.at + stream->offset, piece.len - stream->offset};

    if (slice.len > SLICE_BYTES)
        slice.len = SLICE_BYTES;
    stream->offset += slice.len;
    if (stream->offset == piece.len) {
        stream->piece++;
        stream->offset = 0;
    }
    return slice;
}

void page_stream_flush(struct page_stream *stream)
{
    stream->unsent = 0;
    reply_stream_flush(&stream->reply);
}

/* The buffer is only full while bytes are being sent. So a long message is flushed on the way. */
bool page_stream_pass(struct page_stream *stream)
{
    bool goes_on = true;

    while (goes_on && stream->has_message && stream->piece < stream->message.count) {
        struct text slice = next_slice(stream);
        goes_on = pass_slice(stream, slice);
        stream->unsent += slice.len;
        if (stream->unsent >= SEND_BUFFER_AHEAD_BYTES)
            page_stream_flush(stream);
    }
    if (!goes_on || !stream->has_message)
        return goes_on;
    stream->has_message = false;
    stream->bytes += stream->message.bytes;
    return reply_stream_more(&stream->reply, page_frame_after(&stream->frame, stream->kind));
}

void page_stream_beat(struct page_stream *stream)
{
    reply_stream_more(&stream->reply, stream->frame.beat);
    reply_stream_flush(&stream->reply);
}

void page_stream_end(struct page_stream *stream) { reply_stream_end(&stream->reply); }
