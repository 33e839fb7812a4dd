/*
 * A line of the log while it is written. It does not use printf, since every request pays for its
 * line. The strings in it are valid JSON for all possible input.
 */
#ifndef BFF_BASE_LOG_LINE_H
#define BFF_BASE_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* All zero: an empty line. */
struct log_line {
    struct text_builder text; /* without a pool */
    int64_t second;           /* of the time that was written last, and its digits */
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

/* Adds decimal digits. */
void log_line_number(struct log_line *line, int64_t number);

/* Adds ${ns} nanoseconds as milliseconds, rounded to ${decimals} digits (1 to 3) after the point.
 */
void log_line_ms(struct log_line *line, int64_t ns, unsigned decimals);

/* Adds "2026-01-31T23:59:59.999Z" with its quotation marks. */
void log_line_time(struct log_line *line, int64_t wall_ms);

#endif
