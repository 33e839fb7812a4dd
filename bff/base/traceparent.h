/*
 * The header field traceparent of W3C Trace Context, version 00. Its layout is:
 *
 *   00-<trace id, 32 digits>-<span id, 16 digits>-<flags, 2 digits>
 *
 * All digits are lower-case hexadecimal, and neither id is all zero.
 */
#ifndef BFF_BASE_TRACEPARENT_H
#define BFF_BASE_TRACEPARENT_H

#include <stdbool.h>

#include "bff/base/random.h"
#include "bff/base/text.h"

#define TRACEPARENT_LEN 55
#define TRACEPARENT_TRACE_DIGITS 32
#define TRACEPARENT_SPAN_DIGITS 16

/* True when ${text} is a traceparent of version 00. */
bool traceparent_is_sane(struct text text);

/* Writes a traceparent with a new trace id and a new span id; the flag "sampled" is set. */
void traceparent_make(struct random *random, char out[TRACEPARENT_LEN]);

/* Writes a child of ${parent}: the same trace id and flags, and a new span id. ${parent} must be
 * valid. */
void traceparent_child(struct random *random, struct text parent, char out[TRACEPARENT_LEN]);

/*
 * Writes the span of part ${number}, 1 to 255, of the span ${parent}: the last byte of the span id
 * is changed by the number. So the first seven bytes of the id are the same for the parent and
 * for all its parts. With one of these ids, the others can be found. Ids must differ only within
 * their trace.
 */
void traceparent_part(struct text parent, unsigned number, char out[TRACEPARENT_LEN]);

/* Returns the flag "sampled" of ${traceparent}, which must be valid. */
bool traceparent_is_sampled(struct text traceparent);

/* Sets the flag in ${traceparent}, which must be valid. */
void traceparent_set_sampled(char traceparent[TRACEPARENT_LEN], bool is_sampled);

/* Returns the trace id, as a slice of ${traceparent}, which must be valid. */
struct text traceparent_trace(struct text traceparent);

/* Returns the span id, as a slice of ${traceparent}, which must be valid. */
struct text traceparent_span(struct text traceparent);

#endif
