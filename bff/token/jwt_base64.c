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

static int digit(char c)
{
    return (unsigned char)c < sizeof(digits) ? digits[(unsigned char)c] : -1;
}

int jwt_base64_decode(struct pool *pool, struct text text, struct text *out)
{
    if (text.len % 4 == 1)
        return -1;
    char *bytes = pool_take(pool, text.len / 4 * 3 + 3);
    size_t len = 0;
    unsigned bits = 0, held = 0; /* the lowest ${held} bits of ${bits} are not written yet */

    for (size_t i = 0; i < text.len; i++) {
        int six = digit(text.at[i]);
        if (six < 0)
            return -1;
        bits = bits << 6 | (unsigned)six;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[len++] = (char)(bits >> held & 0xff);
        }
    }
    if ((bits & ((1u << held) - 1)) != 0)
        return -1;
    *out = (struct text){bytes, len};
    return 0;
}

struct text jwt_base64_encode(struct pool *pool, struct text bytes)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = pool_take(pool, bytes.len / 3 * 4 + 4);
    size_t len = 0;
    unsigned bits = 0, held = 0; /* the lowest ${held} bits of ${bits} are not written yet */

    for (size_t i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | (unsigned char)bytes.at[i]) & 0xffff;
        for (held += 8; held >= 6; held -= 6)
            out[len++] = alphabet[bits >> (held - 6) & 63];
    }
    if (held > 0)
        out[len++] = alphabet[bits << (6 - held) & 63];
    return (struct text){out, len};
}
