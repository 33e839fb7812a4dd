/* See percent.h. */
#include "bff/base/percent.h"

int percent_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int percent_decode(struct pool *pool, struct text text, struct text *out)
{
    *out = text;
    if (text.len == 0 || memchr(text.at, '%', text.len) == NULL)
        return 0;

    char *decoded = pool_take(pool, text.len), *end = decoded;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '%') {
            *end++ = text.at[i];
            continue;
        }
        int high = text.len - i > 2 ? percent_hex(text.at[i + 1]) : -1;
        int low = high < 0 ? -1 : percent_hex(text.at[i + 2]);
        if (low < 0)
            return -1;
        *end++ = (char)(high * 16 + low);
        i += 2;
    }
    *out = (struct text){decoded, (size_t)(end - decoded)};
    return 0;
}

int percent_decode_form(struct pool *pool, struct text text, struct text *out)
{
    char *copy;

    if (text.len > 0 && memchr(text.at, '+', text.len) != NULL) {
        copy = pool_take(pool, text.len);
        for (size_t i = 0; i < text.len; i++)
            copy[i] = (char)(text.at[i] == '+' ? ' ' : text.at[i]);
        text.at = copy;
    }
    return percent_decode(pool, text, out);
}

bool percent_is_unreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

size_t percent_encode(char *out, struct text text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *end = out;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (percent_is_unreserved(c)) {
            *end++ = (char)c;
            continue;
        }
        *end++ = '%';
        *end++ = digits[c >> 4];
        *end++ = digits[c & 15];
    }
    return (size_t)(end - out);
}
