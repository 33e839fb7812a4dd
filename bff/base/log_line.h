/*
 * A line of the log while it is being written: text appended to text, without printf, as every
 * request pays for it. It grows as needed; what comes out is JSON whatever bytes go in.
 */
#ifndef BFF_BASE_LOG_LINE_H
#define BFF_BASE_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* All zero: empty. */
struct log_line {
    struct text_builder text; /* without a pool */
    int64_t second;           /* of the time written last, and its digits */
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
 * A string with its quotation marks; absent: null. Control characters are escaped, those of the
 * range U+0080 to U+009F and DEL included (a terminal obeys them); a byte that is not part of
 * well-formed UTF-8 becomes U+FFFD.
 */
void log_line_string(struct log_line *line, struct text text);

void log_line_number(struct log_line *line, int64_t number);

/* Nanoseconds as milliseconds with ${decimals} (1 to 3) digits behind the point, rounded. */
void log_line_ms(struct log_line *line, int64_t ns, unsigned decimals);

/* "2026-01-31T23:59:59.999Z", with its quotation marks. */
void log_line_time(struct log_line *line, int64_t wall_ms);

#endif
