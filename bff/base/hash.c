/* See hash.h. */
#include <endian.h>

#include "bff/base/hash.h"

#define WORD_BYTES sizeof(uint64_t)

/* The last step of SplitMix64 (Steele, Lea and Flood), with the constants of Stafford's variant
 * 13. */
uint64_t hash_mix(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return bits ^ bits >> 31;
}

static uint64_t add(uint64_t hash, uint64_t word) { return hash_mix(hash ^ le64toh(word)); }

/* Each step maps different hashes to different hashes. So two texts of the same length that differ
 * in only one word have different hashes. */
uint64_t hash_text(struct text text)
{
    uint64_t hash = hash_mix(text.len + 1), word;
    size_t at = 0;

    for (; text.len - at >= WORD_BYTES; at += WORD_BYTES) {
        memcpy(&word, text.at + at, WORD_BYTES);
        hash = add(hash, word);
    }
    if (at == text.len)
        return hash;
    word = 0;
    memcpy(&word, text.at + at, text.len - at);
    return add(hash, word);
}
