/* See jwt_base64.h. */
#include "bff/token/jwt_base64.h"

/* The value (six bits) of each ASCII byte; -1: the byte is not in the alphabet. */
static const signed char digits[128] = {
    /* clang-format off */
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
    -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, 63,
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
    /* clang-format on */
};

#define NO_DIGIT 0x80u /* a bit that no value has */

static unsigned digit(char c)
{
    return (unsigned char)c < sizeof(digits) ? (unsigned char)digits[(unsigned char)c] : NO_DIGIT;
}

/* Decodes whole groups of four letters, which are three bytes each. Returns the values of all
 * letters joined, so that the caller sees whether one has NO_DIGIT. */
static unsigned decode_groups(const char *at, size_t groups, char *out)
{
    unsigned all = 0;

    for (size_t i = 0; i < groups; i++, at += 4, out += 3) {
        unsigned a = digit(at[0]), b = digit(at[1]), c = digit(at[2]), d = digit(at[3]);
        all |= a | b | c | d;
        out[0] = (char)((a << 2 | b >> 4) & 0xff);
        out[1] = (char)((b << 4 | c >> 2) & 0xff);
        out[2] = (char)((c << 6 | d) & 0xff);
    }
    return all;
}

/* Decodes the letters after the groups: none, two or three. Returns the number of bytes, or -1 when
 * there is a byte that is no letter, or a bit that belongs to no byte. */
static int decode_rest(const char *at, size_t len, char *out)
{
    if (len == 0)
        return 0;
    unsigned a = digit(at[0]), b = digit(at[1]), c = len == 3 ? digit(at[2]) : 0;
    unsigned left = len == 3 ? c & 3 : b & 15;
    if (((a | b | c) & NO_DIGIT) != 0 || left != 0)
        return -1;
    out[0] = (char)((a << 2 | b >> 4) & 0xff);
    out[1] = (char)((b << 4 | c >> 2) & 0xff);
    return (int)len - 1;
}

int jwt_base64_decode(struct pool *pool, struct text text, struct text *out)
{
    size_t groups = text.len / 4, rest = text.len % 4;

    if (rest == 1)
        return -1;
    if (text.len == 0) /* ${text} may be absent */
        text.at = "";
    char *bytes = pool_take(pool, groups * 3 + 3);
    if ((decode_groups(text.at, groups, bytes) & NO_DIGIT) != 0)
        return -1;
    int more = decode_rest(text.at + groups * 4, rest, bytes + groups * 3);
    if (more < 0)
        return -1;
    *out = (struct text){bytes, groups * 3 + (size_t)more};
    return 0;
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct text jwt_base64_encode(struct pool *pool, struct text bytes)
{
    char *out = pool_take(pool, bytes.len / 3 * 4 + 4), *end = out;
    const unsigned char *at = (const unsigned char *)bytes.at;
    size_t left = bytes.len;

    for (; left >= 3; left -= 3, at += 3) {
        unsigned bits = (unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2];
        *end++ = alphabet[bits >> 18];
        *end++ = alphabet[bits >> 12 & 63];
        *end++ = alphabet[bits >> 6 & 63];
        *end++ = alphabet[bits & 63];
    }
    if (left > 0) {
        unsigned bits = (unsigned)at[0] << 16 | (left == 2 ? (unsigned)at[1] << 8 : 0);
        *end++ = alphabet[bits >> 18];
        *end++ = alphabet[bits >> 12 & 63];
        if (left == 2)
            *end++ = alphabet[bits >> 6 & 63];
    }
    return (struct text){out, (size_t)(end - out)};
}
