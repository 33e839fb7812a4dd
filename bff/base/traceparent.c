/* See traceparent.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/traceparent.h"

#define VERSION "00-"
#define SAMPLED "-01"

#define TRACE_AT (sizeof(VERSION) - 1)
#define SPAN_AT (TRACE_AT + TRACEPARENT_TRACE_DIGITS + 1)
#define FLAGS_AT (SPAN_AT + TRACEPARENT_SPAN_DIGITS + 1)

_Static_assert(FLAGS_AT + 2 == TRACEPARENT_LEN, "version, ids, flags and three dashes");

static bool is_hex(struct text text, bool may_be_zero)
{
    bool is_zero = true;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        is_zero &= c == '0';
    }
    return may_be_zero || !is_zero;
}

bool traceparent_is_sane(struct text text)
{
    if (text.len != TRACEPARENT_LEN || !text_starts(text, TEXT(VERSION)))
        return false;
    return text.at[SPAN_AT - 1] == '-' && text.at[FLAGS_AT - 1] == '-' &&
           is_hex(traceparent_trace(text), false) && is_hex(traceparent_span(text), false) &&
           is_hex((struct text){text.at + FLAGS_AT, 2}, true);
}

void traceparent_make(struct random *random, char out[TRACEPARENT_LEN])
{
    memcpy(out, VERSION, TRACE_AT);
    random_hex(random, out + TRACE_AT, TRACEPARENT_TRACE_DIGITS);
    out[SPAN_AT - 1] = '-';
    random_hex(random, out + SPAN_AT, TRACEPARENT_SPAN_DIGITS);
    memcpy(out + FLAGS_AT - 1, SAMPLED, sizeof(SAMPLED) - 1);
}

void traceparent_child(struct random *random, struct text parent, char out[TRACEPARENT_LEN])
{
    must(parent.len == TRACEPARENT_LEN);
    memcpy(out, parent.at, TRACEPARENT_LEN);
    random_hex(random, out + SPAN_AT, TRACEPARENT_SPAN_DIGITS);
}

static unsigned digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

static char digit_of(unsigned number) { return "0123456789abcdef"[number & 15]; }

void traceparent_part(struct text parent, unsigned number, char out[TRACEPARENT_LEN])
{
    char *last = out + FLAGS_AT - 3;

    must(parent.len == TRACEPARENT_LEN && number > 0 && number < 256);
    memcpy(out, parent.at, TRACEPARENT_LEN);
    last[0] = digit_of(digit(last[0]) ^ number >> 4);
    last[1] = digit_of(digit(last[1]) ^ number);
}

bool traceparent_is_sampled(struct text traceparent)
{
    return (digit(traceparent.at[FLAGS_AT + 1]) & 1) != 0;
}

void traceparent_set_sampled(char traceparent[TRACEPARENT_LEN], bool is_sampled)
{
    char *flags = traceparent + FLAGS_AT + 1;

    *flags = digit_of((digit(*flags) & ~1U) | is_sampled);
}

struct text traceparent_trace(struct text traceparent)
{
    return (struct text){traceparent.at + TRACE_AT, TRACEPARENT_TRACE_DIGITS};
}

struct text traceparent_span(struct text traceparent)
{
    return (struct text){traceparent.at + SPAN_AT, TRACEPARENT_SPAN_DIGITS};
}
