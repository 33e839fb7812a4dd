/* What the answer of a collector says. This header is for span_export.c. */
#ifndef BFF_OBSERVE_SPAN_EXPORT_ANSWER_H
#define BFF_OBSERVE_SPAN_EXPORT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/upstream/exchange.h"

/* True for a status after which the same batch may be sent again; 0: there was no answer. */
bool span_export_answer_is_transient(int status);

/* Returns the seconds of Retry-After, at most 60; 0: there is none. */
uint32_t span_export_answer_retry_after(const struct exchange_head *head);

/* The partial_success of a message ExportTraceServiceResponse. */
struct span_export_refusal {
    uint64_t spans;
    struct text why; /* in the message */
};

/* Reads ${body}. What is no such message says nothing. */
struct span_export_refusal span_export_answer_read(struct text body);

/* Returns why a batch was not taken: "status 503", or a reason. The text may be in ${word}. */
#define SPAN_EXPORT_ANSWER_WORD 16
struct text span_export_answer_word(int status, enum reason reason,
                                    char word[SPAN_EXPORT_ANSWER_WORD]);

#endif
