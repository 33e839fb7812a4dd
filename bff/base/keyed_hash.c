/* See keyed_hash.h. */
#include <endian.h>
#include <sys/random.h>

#include "bff/base/check.h"
#include "bff/base/keyed_hash.h"

#define WORD_BYTES sizeof(uint64_t)
#define ROUNDS_OF_WORD 2
#define ROUNDS_AT_END 4

static uint64_t rotate(uint64_t word, unsigned bits) { return word << bits | word >> (64 - bits); }

static void mix(uint64_t v[4], unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32) + v[3];
        v[2] += v[1];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[2] = rotate(v[2], 32);
    }
}

static void add(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v, ROUNDS_OF_WORD);
    v[0] ^= word;
}

uint64_t keyed_hash(const struct keyed_hash_key *key, struct text text)
{
    uint64_t k0 = key->words[0], k1 = key->words[1], word;
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                     k1 ^ 0x7465646279746573u};
    size_t at = 0;

    for (; text.len - at >= WORD_BYTES; at += WORD_BYTES) {
        memcpy(&word, text.at + at, WORD_BYTES);
        add(v, le64toh(word));
    }
    word = 0;
    if (at < text.len)
        memcpy(&word, text.at + at, text.len - at);
    add(v, le64toh(word) | (uint64_t)text.len << 56);
    v[2] ^= 0xff;
    mix(v, ROUNDS_AT_END);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void keyed_hash_new_key(struct keyed_hash_key *key)
{
    must(getrandom(key->words, sizeof(key->words), 0) == sizeof(key->words));
}
