/* See path_reading.h. */
#include <stdint.h>

#include "bff/base/path_reading.h"
#include "bff/base/percent.h"

#define CODED_MOST 6 /* bytes of one character, in the first definition of UTF-8 (RFC 2279) */

/* The bytes that have been read, each escape and each wide character as one byte. */
struct plain {
    char *at;
    size_t len;
};

/* Characters that NFKC turns into one of these ASCII characters, or only into several dots. */
static const struct {
    uint32_t code;
    char ascii;
} wide[] = {
    {0x2024, '.'},  {0x2025, '.'},  {0xfe52, '.'}, {0xff0e, '.'}, {0xff0f, '/'},
    {0xff3c, '\\'}, {0xfe68, '\\'}, {0xff1b, ';'}, {0xfe54, ';'}, {0xff1f, '?'},
    {0xfe56, '?'},  {0xff03, '#'},  {0xfe5f, '#'}, {0xff05, '%'}, {0xfe6a, '%'},
};

/* Returns -1 for a character that is not read as ASCII. */
static int ascii_of(uint32_t code)
{
    if (code < 0x80)
        return (int)code;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (wide[i].code == code)
            return wide[i].ascii;
    return -1;
}

static void replace(struct plain *plain, size_t bytes, int by)
{
    plain->len -= bytes - 1;
    plain->at[plain->len - 1] = (char)by;
}

/* "%2e" at the end becomes ".". */
static bool fold_escape(struct plain *plain)
{
    const char *end = plain->at + plain->len;

    if (plain->len < 3 || end[-3] != '%')
        return false;
    int high = percent_hex(end[-2]), low = percent_hex(end[-1]);
    if (high < 0 || low < 0)
        return false;
    replace(plain, 3, high * 16 + low);
    return true;
}

/* A character of several bytes at the end becomes one byte, if it can be read as ASCII. */
static bool fold_wide(struct plain *plain)
{
    const unsigned char *end = (const unsigned char *)plain->at + plain->len;
    size_t count = 1, most = plain->len < CODED_MOST ? plain->len : CODED_MOST;
    uint32_t code = 0;

    for (; count < most && (end[-(ptrdiff_t)count] & 0xc0) == 0x80; count++)
        code |= (uint32_t)(end[-(ptrdiff_t)count] & 0x3f) << (6 * (count - 1));
    unsigned first = end[-(ptrdiff_t)count];
    if (count == 1 || first >> (7 - count) != (1U << (count + 1)) - 2)
        return false;
    code |= (uint32_t)(first & ((1U << (7 - count)) - 1)) << (6 * (count - 1));
    int ascii = ascii_of(code);
    if (ascii >= 0)
        replace(plain, count, ascii);
    return ascii >= 0;
}

/* What is decoded may complete another escape, so one pass decodes as often as any reader can. */
static struct text decode_all(struct pool *pool, struct text text)
{
    struct plain plain = {.at = pool_take(pool, text.len)};

    for (size_t i = 0; i < text.len; i++) {
        plain.at[plain.len++] = text.at[i];
        while (fold_escape(&plain) || fold_wide(&plain))
            ;
    }
    return (struct text){plain.at, plain.len};
}

static bool has_something_to_decode(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '%' || (unsigned char)text.at[i] >= 0x80)
            return true;
    return false;
}

static bool is_separator(char c) { return c == '/' || c == '\\'; }

static bool is_blank(char c) { return (unsigned char)c <= ' ' || c == 0x7f; }

static bool is_dots(struct text segment)
{
    size_t i = 0, dots = 0;

    while (i < segment.len && is_blank(segment.at[i]))
        i++;
    for (; i < segment.len && segment.at[i] == '.'; i++)
        dots++;
    if (dots != 1 && dots != 2)
        return false;
    return i == segment.len || is_blank(segment.at[i]) || segment.at[i] == ';' ||
           segment.at[i] == '?' || segment.at[i] == '#';
}

struct path_reading path_reading_of(struct pool *pool, struct text text)
{
    struct path_reading reading = {0};
    struct text all = has_something_to_decode(text) ? decode_all(pool, text) : text;
    size_t start = 0;

    for (size_t i = 0; i < all.len; i++) {
        if (!is_separator(all.at[i]))
            continue;
        reading.separators++;
        reading.has_dots |= is_dots((struct text){all.at + start, i - start});
        start = i + 1;
    }
    reading.has_dots |= is_dots((struct text){all.at + start, all.len - start});
    return reading;
}

/* True when some reader may take ${c} for something else than a byte of a name. */
static bool is_special(char c)
{
    return (unsigned char)c >= 0x80 || is_blank(c) || c == '%' || c == '\\' || c == ';' ||
           c == '?' || c == '#';
}

/* True when ${path} is its own lenient reading. */
static bool is_plain(struct text path)
{
    char before = '/';

    if (path.len == 0 || path.at[0] != '/' || path.at[path.len - 1] == '/')
        return false;
    for (size_t i = 1; i < path.len; i++) {
        char c = path.at[i];
        if (is_special(c) || (before == '/' && (c == '/' || c == '.')))
            return false;
        before = c;
    }
    return true;
}

/* Returns ${segment} up to the first byte at which some reader ends it. */
static struct text segment_cut(struct text segment)
{
    size_t start = 0, end;

    while (start < segment.len && is_blank(segment.at[start]))
        start++;
    for (end = start; end < segment.len; end++)
        if (segment.at[end] == ';' || is_blank(segment.at[end]))
            break;
    return (struct text){segment.at + start, end - start};
}

/* Returns the part of ${text} before the first '?' or '#'. */
static struct text before_query(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '?' || text.at[i] == '#')
            return (struct text){text.at, i};
    return text;
}

/* Writes a '/' and ${segment} to ${at}; or, for "..", drops the last segment of the text that
 * begins at ${start}. Returns the end of the text. */
static char *put_segment(const char *start, char *at, struct text segment)
{
    if (text_is(segment, "..")) {
        while (at > start && *--at != '/')
            ;
        return at;
    }
    if (segment.len == 0 || text_is(segment, "."))
        return at;
    *at++ = '/';
    return (char *)memcpy(at, segment.at, segment.len) + segment.len;
}

struct text path_reading_lenient(struct pool *pool, struct text path)
{
    if (is_plain(path))
        return path;
    struct text all = before_query(decode_all(pool, path));
    char *start = pool_take(pool, all.len + 1), *at = start;

    for (size_t i = 0, begin = 0; i <= all.len; i++) {
        if (i < all.len && !is_separator(all.at[i]))
            continue;
        at = put_segment(start, at, segment_cut((struct text){all.at + begin, i - begin}));
        begin = i + 1;
    }
    return (struct text){start, (size_t)(at - start)};
}
