/*
 * A line of the log that is being built. The functions do not use printf, since it is too slow for
 * a line per request. The strings in it are valid JSON for all possible input.
 */
#ifndef BFF_BASE_LOG_LINE_H
#define BFF_BASE_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* A line that is all zero is empty. */
struct log_line {
    struct text_builder text; /* without a pool */
    int64_t second;           /* the second of the time that was written last */
    char digits[sizeof("2026-01-31T23:59:59")];
};

/* Frees the memory of ${line} and leaves it empty. */
void log_line_free(struct log_line *line);

/* Adds ${text} as it is. Inline, since most of a line is literals. */
static inline void log_line_raw(struct log_line *line, struct text text)
{
    text_builder_add(&line->text, text);
}

/*
 * Adds a string with its quotation marks, or null for an absent text. Control characters are
 * escaped, and so are DEL and U+0080 to U+009F, since terminals obey them. A byte that is not part
 * of well-formed UTF-8 becomes U+FFFD. JSON in responses is escaped less: see json_print.h.
 */
void log_line_string(struct log_line *line, struct text text);

/* Adds ${number} in decimal digits. */
void log_line_number(struct log_line *line, int64_t number);

/* Adds ${ns} nanoseconds as milliseconds, with ${decimals} digits (1 to 3) after the decimal point,
 * rounded. */
void log_line_ms(struct log_line *line, int64_t ns, unsigned decimals);

/* Adds ${wall_ms} as a string with its quotation marks: "2026-01-31T23:59:59.999Z". */
void log_line_time(struct log_line *line, int64_t wall_ms);

#endif
