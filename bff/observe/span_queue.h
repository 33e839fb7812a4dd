/* The spans of one worker that wait for their export, encoded. It is bounded by their number and
 * their bytes: a span for which there is no room is not taken. */
#ifndef BFF_OBSERVE_SPAN_QUEUE_H
#define BFF_OBSERVE_SPAN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text_builder.h"
#include "bff/observe/span.h"

/* All zero except for the bounds before the first use. */
struct span_queue {
    size_t most;       /* spans */
    size_t most_bytes; /* of all of them */
    size_t count;
    struct text_builder bytes; /* span_encode, one after another */
};

/* Adds ${span} (span_encode). Returns false when it was not taken. */
bool span_queue_add(struct span_queue *queue, const struct span *span, int64_t offset_ns);

/* Moves the first ${most} spans to the end of ${out}. Returns how many there were. */
size_t span_queue_take(struct span_queue *queue, struct text_builder *out, size_t most);

void span_queue_free(struct span_queue *queue);

#endif
