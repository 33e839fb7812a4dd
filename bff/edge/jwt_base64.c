/* See jwt_base64.h. */
#include "bff/edge/jwt_base64.h"

/* The six bits that ${c} stands for, or -1. */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

int jwt_base64_decode(struct pool *pool, struct text text, struct text *out)
{
    if (text.len % 4 == 1)
        return -1;
    char *bytes = pool_take(pool, text.len / 4 * 3 + 3);
    size_t len = 0;
    unsigned bits = 0, held = 0; /* the lowest ${held} bits of ${bits} are still to be written */

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
