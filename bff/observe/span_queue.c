/* See span_queue.h. */
#include "bff/observe/protobuf.h"
#include "bff/observe/span_encode.h"
#include "bff/observe/span_queue.h"

bool span_queue_add(struct span_queue *queue, const struct span *span, int64_t offset_ns)
{
    size_t before = queue->bytes.len;

    if (queue->count >= queue->most || before >= queue->most_bytes)
        return false;
    span_encode(&queue->bytes, span, offset_ns);
    if (queue->bytes.len > queue->most_bytes) {
        queue->bytes.len = before;
        return false;
    }
    queue->count++;
    return true;
}

size_t span_queue_take(struct span_queue *queue, struct text_builder *out, size_t most)
{
    struct text rest = text_builder_text(&queue->bytes);
    struct protobuf_field span;
    size_t taken = 0;

    while (taken < most && taken < queue->count && protobuf_next(&rest, &span))
        taken++;
    text_builder_add(out, (struct text){queue->bytes.at, queue->bytes.len - rest.len});
    if (rest.len > 0)
        memmove(queue->bytes.at, rest.at, rest.len);
    queue->bytes.len = rest.len;
    queue->count -= taken;
    return taken;
}

void span_queue_free(struct span_queue *queue)
{
    text_builder_free(&queue->bytes);
    queue->count = 0;
}
