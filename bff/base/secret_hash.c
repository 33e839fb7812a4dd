/* See secret_hash.h. */
#include <endian.h>
#include <sys/random.h>

#include "bff/base/check.h"
#include "bff/base/secret_hash.h"

#define WORD_BYTES sizeof(uint64_t)

struct state {
    uint64_t v0, v1, v2, v3;
};

void secret_hash_seed(struct secret_hash *secret)
{
    must(getrandom(secret->key, sizeof(secret->key), 0) == sizeof(secret->key));
}

static uint64_t rotate(uint64_t bits, unsigned by) { return bits << by | bits >> (64 - by); }

static inline void turn(struct state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline void add(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    turn(s);
    s->v0 ^= word;
}

/* Returns up to eight bytes as a number in which the first byte is the lowest. */
static inline uint64_t word_at(const char *at, size_t len)
{
    uint64_t word = 0;

    if (len > 0)
        memcpy(&word, at, len);
    return le64toh(word);
}

uint64_t secret_hash_text(const struct secret_hash *secret, struct text text)
{
    uint64_t k0 = secret->key[0], k1 = secret->key[1];
    struct state s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                      k1 ^ 0x7465646279746573u};
    size_t at = 0;

    for (; text.len - at >= WORD_BYTES; at += WORD_BYTES)
        add(&s, word_at(text.at + at, WORD_BYTES));
    add(&s, word_at(text.at + at, text.len - at) | (uint64_t)text.len << 56);
    s.v2 ^= 0xff;
    for (int i = 0; i < 3; i++)
        turn(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
