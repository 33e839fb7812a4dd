/*
 * Tests of eight bytes at once, in a 64-bit word. They make loops over text fast when the bytes
 * that are searched for are rare. Each test returns 0 for no and another value for yes.
 */
#ifndef BFF_BASE_WORD_H
#define BFF_BASE_WORD_H

#include <stdint.h>
#include <string.h>

#define WORD_BYTES sizeof(uint64_t)
#define WORD_EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

static inline uint64_t word_at(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* Is one of the bytes below ${limit}? ${limit} is at most 0x80. */
static inline uint64_t word_below(uint64_t word, unsigned limit)
{
    return (word - WORD_EACH(limit)) & ~word & WORD_EACH(0x80);
}

/* Is one of the bytes ${byte}? */
static inline uint64_t word_has(uint64_t word, unsigned byte)
{
    return word_below(word ^ WORD_EACH(byte), 1);
}

/* Is one of the bytes a control character of ASCII? */
static inline uint64_t word_has_control(uint64_t word)
{
    return word_below(word, 0x20) | word_has(word, 0x7f);
}

/* Is one of the bytes not ASCII? */
static inline uint64_t word_has_high(uint64_t word) { return word & WORD_EACH(0x80); }

#endif
