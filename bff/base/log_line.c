/* See log_line.h. */
#include "bff/base/clock.h"
#include "bff/base/log_line.h"
#include "bff/base/word.h"

#define ESCAPE_BYTES ((size_t)6) /* the longest form of one byte: \u001b */

void log_line_free(struct log_line *line)
{
    text_builder_free(&line->text);
    *line = (struct log_line){0};
}

/* Strings. */

static bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

static bool is_plain_word(uint64_t word)
{
    return (word_has_control(word) | word_has_high(word) | word_has(word, '"') |
            word_has(word, '\\')) == 0;
}

/* Returns the number of plain bytes at ${at}. */
static size_t plain_run(const char *at, size_t left)
{
    size_t run = 0;

    while (left - run >= WORD_BYTES && is_plain_word(word_at(at + run)))
        run += WORD_BYTES;
    while (run < left && is_plain((unsigned char)at[run]))
        run++;
    return run;
}

/* Returns the length of the character at ${at}, which is not ASCII; 0 if it is not well-formed. */
static size_t character(const char *at, size_t left)
{
    unsigned char lead = (unsigned char)*at;
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

    return left >= len && text_is_utf8((struct text){at, len}) ? len : 0;
}

static char *put_escape(char *out, unsigned code)
{
    static const char hex[] = "0123456789abcdef";

    memcpy(out, "\\u00", 4);
    out[4] = hex[code >> 4 & 15];
    out[5] = hex[code & 15];
    return out + ESCAPE_BYTES;
}

/* Writes the character at ${*at}, which is not plain, and moves ${*at} after it. */
static char *put_odd(char *out, const char **at, size_t left)
{
    unsigned char c = (unsigned char)**at;
    size_t len = c < 0x80 ? 1 : character(*at, left);

    if (c == '"' || c == '\\') {
        *out++ = '\\';
        *out++ = (char)c;
    } else if (c < 0x80) {
        out = put_escape(out, c);
    } else if (len == 0) {
        out = (char *)memcpy(out, "\xef\xbf\xbd", 3) + 3;
        len = 1;
    } else if (c == 0xc2 && (unsigned char)(*at)[1] < 0xa0) {
        out = put_escape(out, (unsigned char)(*at)[1]);
    } else {
        out = (char *)memcpy(out, *at, len) + len;
    }
    *at += len;
    return out;
}

void log_line_string(struct log_line *line, struct text text)
{
    if (text.at == NULL) {
        log_line_raw(line, TEXT("null"));
        return;
    }
    const char *at = text.at, *end = at + text.len;
    char *out = text_builder_room(&line->text, text.len * ESCAPE_BYTES + 2);
    *out++ = '"';
    while (at < end) {
        size_t plain = plain_run(at, (size_t)(end - at));
        memcpy(out, at, plain);
        out += plain;
        at += plain;
        if (at < end)
            out = put_odd(out, &at, (size_t)(end - at));
    }
    *out++ = '"';
    line->text.len = (size_t)(out - line->text.at);
}

/* Numbers. */

void log_line_number(struct log_line *line, int64_t number)
{
    text_builder_number(&line->text, number);
}

void log_line_ms(struct log_line *line, int64_t ns, unsigned decimals)
{
    int64_t parts = 1; /* parts per millisecond: 10 to the power of ${decimals} */
    char behind[4] = {'.'};

    for (unsigned i = 0; i < decimals; i++)
        parts *= 10;
    int64_t count = (ns + CLOCK_MS / parts / 2) / (CLOCK_MS / parts);
    log_line_number(line, count / parts);
    for (unsigned i = decimals; i > 0; i--, count /= 10)
        behind[i] = (char)('0' + count % 10);
    log_line_raw(line, (struct text){behind, decimals + 1});
}

/* Computes the date and the time only once a second, and keeps the digits of the last second. */
void log_line_time(struct log_line *line, int64_t wall_ms)
{
    char *out = text_builder_room(&line->text, CLOCK_ISO_SIZE + 1);
    size_t ms = (size_t)(wall_ms % 1000);

    if (line->second != wall_ms / 1000 || line->digits[0] == '\0') {
        char iso[CLOCK_ISO_SIZE];
        clock_iso(wall_ms, iso);
        memcpy(line->digits, iso, sizeof(line->digits) - 1);
        line->second = wall_ms / 1000;
    }
    *out++ = '"';
    out = (char *)memcpy(out, line->digits, sizeof(line->digits) - 1) + sizeof(line->digits) - 1;
    *out++ = '.';
    *out++ = (char)('0' + ms / 100);
    *out++ = (char)('0' + ms / 10 % 10);
    *out++ = (char)('0' + ms % 10);
    *out++ = 'Z';
    *out++ = '"';
    line->text.len = (size_t)(out - line->text.at);
}
