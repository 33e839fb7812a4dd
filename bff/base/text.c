/* See text.h. */
#include <strings.h>

#include "bff/base/text.h"
#include "bff/base/word.h"

bool text_equal_nocase(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

bool text_starts(struct text text, struct text prefix)
{
    return text.len >= prefix.len && text_equal((struct text){text.at, prefix.len}, prefix);
}

bool text_starts_nocase(struct text text, struct text prefix)
{
    return text.len >= prefix.len && text_equal_nocase((struct text){text.at, prefix.len}, prefix);
}

struct text text_skip_mark(struct text text)
{
    const struct text mark = TEXT("\xef\xbb\xbf");

    return text_starts(text, mark) ? text_after(text, mark.len) : text;
}

struct text text_bare_line(struct text text)
{
    text = text_skip_mark(text);
    if (text.len > 0 && text.at[text.len - 1] == '\n')
        text.len -= text.len > 1 && text.at[text.len - 2] == '\r' ? 2 : 1;
    return text;
}

struct text text_cut(struct text *rest, char separator)
{
    struct text first = *rest;
    const char *found = first.len == 0 ? NULL : memchr(first.at, separator, first.len);

    if (found == NULL) {
        *rest = (struct text){0};
        return first;
    }
    first.len = (size_t)(found - first.at);
    rest->at = found + 1;
    rest->len -= first.len + 1;
    return first;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct text text_trim(struct text text)
{
    while (text.len > 0 && is_blank(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

void text_hex(char *out, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
}

struct text text_lower(char *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        out[i] = text_lower_char(text.at[i]);
    return (struct text){out, text.len};
}

bool text_list_has(struct text list, struct text item)
{
    while (list.at != NULL)
        if (text_equal(text_trim(text_cut(&list, ',')), item))
            return true;
    return false;
}

bool text_list_has_nocase(struct text list, struct text item)
{
    while (list.at != NULL)
        if (text_equal_nocase(text_trim(text_cut(&list, ',')), item))
            return true;
    return false;
}

int text_number(struct text text, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;

    if (text.len == 0)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(text.at[i] - '0');
        if (digit > 9 || value > (most - digit) / 10 || most < digit)
            return -1;
        value = value * 10 + digit;
    }
    *out = value;
    return 0;
}

/* Returns the number of continuation bytes after ${lead}, or -1 if no character begins with ${lead}
 * (RFC 3629). ${*low} and ${*high} get the range of the first continuation byte. */
static int utf8_follow(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead < 0x80)
        return 0;
    if (lead < 0xc2 || lead > 0xf4)
        return -1;
    if (lead < 0xe0)
        return 1;
    if (lead == 0xe0)
        *low = 0xa0;
    else if (lead == 0xed)
        *high = 0x9f;
    else if (lead == 0xf0)
        *low = 0x90;
    else if (lead == 0xf4)
        *high = 0x8f;
    return lead < 0xf0 ? 2 : 3;
}

bool text_is_utf8(struct text text)
{
    if (text.len == 0)
        return true;
    const unsigned char *at = (const unsigned char *)text.at, *end = at + text.len;
    while (at < end) {
        unsigned char low, high;
        if ((size_t)(end - at) >= WORD_BYTES && word_has_high(word_at((const char *)at)) == 0) {
            at += WORD_BYTES;
            continue;
        }
        int follow = utf8_follow(*at++, &low, &high);
        if (follow < 0 || end - at < follow)
            return false;
        for (; follow > 0; follow--, at++) {
            if (*at < low || *at > high)
                return false;
            low = 0x80;
            high = 0xbf;
        }
    }
    return true;
}

bool text_is_visible(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            return false;
    return true;
}
