/* See span_export_answer.h. */
#include <stdio.h>

#include "bff/base/clock.h"
#include "bff/observe/protobuf.h"
#include "bff/observe/span_export_answer.h"
#include "bff/upstream/call_retry_after.h"

#define RETRY_AFTER_MAX_S 60

#define RESPONSE_PARTIAL_SUCCESS 1
#define PARTIAL_SUCCESS_REJECTED 1
#define PARTIAL_SUCCESS_MESSAGE 2

bool span_export_answer_is_transient(int status)
{
    return status == 0 || status == 429 || (status >= 502 && status <= 504);
}

uint32_t span_export_answer_retry_after(const struct exchange_head *head)
{
    int64_t wait_s = call_retry_after_ns(head) / CLOCK_S;

    return (uint32_t)(wait_s < RETRY_AFTER_MAX_S ? wait_s : RETRY_AFTER_MAX_S);
}

static struct span_export_refusal read_partial(struct text partial)
{
    struct span_export_refusal refusal = {0};
    struct protobuf_field field;

    while (protobuf_next(&partial, &field)) {
        if (field.field == PARTIAL_SUCCESS_REJECTED)
            refusal.spans = field.number;
        if (field.field == PARTIAL_SUCCESS_MESSAGE && field.bytes.at != NULL)
            refusal.why = field.bytes;
    }
    return partial.len == 0 ? refusal : (struct span_export_refusal){0};
}

struct span_export_refusal span_export_answer_read(struct text body)
{
    struct span_export_refusal refusal = {0};
    struct protobuf_field field;

    while (protobuf_next(&body, &field))
        if (field.field == RESPONSE_PARTIAL_SUCCESS && field.bytes.at != NULL)
            refusal = read_partial(field.bytes);
    return body.len == 0 ? refusal : (struct span_export_refusal){0};
}

struct text span_export_answer_word(int status, enum reason reason,
                                    char word[SPAN_EXPORT_ANSWER_WORD])
{
    if (status == 0)
        return text_of(reason_name(reason));
    snprintf(word, SPAN_EXPORT_ANSWER_WORD, "status %d", status);
    return text_of(word);
}
