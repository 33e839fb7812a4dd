/*
 * Spans whose request is still under way and may turn out to be one that is kept. They wait here
 * until it is over. Spans are found by the first seven bytes of their parent's id, which all spans
 * of one request have in common (traceparent_part). The memory is bounded: when there is no room,
 * the oldest span goes. A span whose request is over already, such as that of a call that went on
 * without it, stays until then.
 */
#ifndef BFF_OBSERVE_SPAN_PENDING_H
#define BFF_OBSERVE_SPAN_PENDING_H

#include "bff/base/text.h"
#include "bff/observe/span.h"

#define SPAN_PENDING_MAX 1024

struct span_pending;

struct span_pending *span_pending_new(void);

/* NULL: does nothing. */
void span_pending_free(struct span_pending *pending);

/* Adds a copy of ${span}, which has a parent. */
void span_pending_add(struct span_pending *pending, const struct span *span);

/* Takes out the spans whose parent is ${id}, or a part of it; ${id} are the digits of a span's id.
 * ${each} gets each of them, in the order in which they were added. NULL: they are forgotten. */
void span_pending_take(struct span_pending *pending, struct text id,
                       void (*each)(void *cookie, const struct span *span), void *cookie);

#endif
