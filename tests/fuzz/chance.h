/* Random choices that depend only on the input: the same bytes always give the same choices. */
#ifndef TESTS_FUZZ_CHANCE_H
#define TESTS_FUZZ_CHANCE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"

static inline uint64_t chance_of(const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    uint64_t state = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < len; i++)
        state = (state ^ at[i]) * UINT64_C(0x100000001b3);
    return state | 1;
}

/* Returns a number from 0 to ${below} - 1. */
static inline size_t chance_next(uint64_t *state, size_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (size_t)((*state >> 11) % below);
}

/* Returns a copy in memory of exactly its size, so that sanitizers find reads beyond it. The caller
 * frees it. */
static inline char *chance_copy(const void *bytes, size_t len)
{
    char *copy = malloc(len == 0 ? 1 : len);

    must(copy != NULL);
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

/* How a text of ${len} bytes is cut: is_end[i] says whether a piece ends after i bytes. */
struct cuts {
    unsigned char *is_end;
    size_t len;
};

static inline struct cuts cuts_new(size_t len)
{
    struct cuts cuts = {calloc(len + 1, 1), len};

    must(cuts.is_end != NULL);
    cuts.is_end[len] = 1;
    return cuts;
}

static inline void cuts_free(struct cuts *cuts) { free(cuts->is_end); }

/* Returns the length of the piece that begins at ${at}, which is before the end. */
static inline size_t cuts_piece(const struct cuts *cuts, size_t at)
{
    size_t end = at + 1;

    while (!cuts->is_end[end])
        end++;
    return end - at;
}

/*
 * Calls ${check} for several ways to cut the text: not at all; into single bytes; into two pieces,
 * at each place if there are at most ${places} places; at random into few pieces; and at random
 * into many pieces.
 */
static inline void cuts_each(size_t len, size_t places, uint64_t chance,
                             void (*check)(void *cookie, const struct cuts *cuts), void *cookie)
{
    struct cuts cuts = cuts_new(len);

    check(cookie, &cuts);
    for (size_t at = 1; at < len && len <= places; at++) {
        cuts.is_end[at] = 1;
        check(cookie, &cuts);
        cuts.is_end[at] = 0;
    }
    for (size_t one_in = 3; one_in <= 48; one_in *= 16) {
        for (size_t at = 1; at < len; at++)
            cuts.is_end[at] = chance_next(&chance, one_in) == 0;
        check(cookie, &cuts);
    }
    memset(cuts.is_end, 1, len + 1);
    check(cookie, &cuts);
    cuts_free(&cuts);
}

#endif
