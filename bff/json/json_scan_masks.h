/*
 * Masks for the bytes that have a meaning in JSON. 64 bytes of text become one 64-bit mask for each
 * kind of byte; bit 0 stands for the first byte. The scanner uses vector instructions only to make
 * these masks, so only this file depends on the machine. Private to json_scan.c.
 */
#ifndef BFF_JSON_JSON_SCAN_MASKS_H
#define BFF_JSON_JSON_SCAN_MASKS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* JSON_SCAN_PORTABLE compiles without vector instructions on amd64, for tests. */
#if defined(__x86_64__) && !defined(JSON_SCAN_PORTABLE)
#define JSON_SCAN_AMD64
#include <immintrin.h>
#endif

struct json_scan_masks {
    uint64_t quote, backslash, escaped, space, control, high;
    uint64_t open, close, comma, colon;
    uint64_t digit, zero, dot;
};

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The portable path: eight bytes in a 64-bit word. In a result, the top bit of a byte is set if the
 * byte is of the wanted kind. */
#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Returns the top bits of the eight bytes as the lowest eight bits of the result. */
ALWAYS_INLINE uint64_t portable_gather(uint64_t tops)
{
    return (((tops & EACH(0x80)) >> 7) * 0x0102040810204080u) >> 56;
}

ALWAYS_INLINE uint64_t portable_is(uint64_t word, char byte)
{
    uint64_t other = word ^ EACH(byte);

    return portable_gather(~(((other & EACH(0x7f)) + EACH(0x7f)) | other));
}

/* Finds the ASCII bytes from ${first} on. ${first} is at most 0x7f. */
ALWAYS_INLINE uint64_t portable_from(uint64_t word, unsigned first)
{
    return portable_gather(((word & EACH(0x7f)) + EACH(0x80 - first)) & ~word);
}

ALWAYS_INLINE void portable_eight(struct json_scan_masks *is, const char *at, unsigned shift)
{
    uint64_t word, lower;

    memcpy(&word, at, sizeof(word));
    word = le64toh(word);
    lower = word | EACH(0x20);
    is->quote |= portable_is(word, '"') << shift;
    is->backslash |= portable_is(word, '\\') << shift;
    is->space |= (portable_is(word, ' ') | portable_is(word, '\t') | portable_is(word, '\n') |
                  portable_is(word, '\r'))
                 << shift;
    is->high |= portable_gather(word) << shift;
    is->control |= (portable_gather(~word) & ~portable_from(word, ' ')) << shift;
    is->open |= portable_is(lower, '{') << shift;
    is->close |= portable_is(lower, '}') << shift;
    is->comma |= portable_is(word, ',') << shift;
    is->colon |= portable_is(word, ':') << shift;
    is->digit |= (portable_from(word, '0') & ~portable_from(word, '9' + 1)) << shift;
    is->zero |= portable_is(word, '0') << shift;
    is->dot |= portable_is(word, '.') << shift;
}

ALWAYS_INLINE struct json_scan_masks json_scan_masks_portable(const char *at)
{
    struct json_scan_masks is = {0};

    for (unsigned i = 0; i < 64; i += 8)
        portable_eight(&is, at + i, i);
    return is;
}

/* Each bit becomes the parity of itself and of the bits below it. */
ALWAYS_INLINE uint64_t json_scan_parity(uint64_t mask)
{
    mask ^= mask << 1;
    mask ^= mask << 2;
    mask ^= mask << 4;
    mask ^= mask << 8;
    mask ^= mask << 16;
    return mask ^ mask << 32;
}

#if defined(JSON_SCAN_AMD64)

#define LETTER_CASE 0x20 /* set in lower-case letters; it turns '[' and ']' into '{' and '}' */

/* The path for SSE2: four vectors of 16 bytes. Every amd64 processor has SSE2. */
struct sse2_block {
    __m128i a, b, c, d;
};

ALWAYS_INLINE uint64_t sse2_gather(__m128i a, __m128i b, __m128i c, __m128i d)
{
    uint32_t low = (uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16;
    uint32_t high = (uint32_t)_mm_movemask_epi8(c) | (uint32_t)_mm_movemask_epi8(d) << 16;

    return (uint64_t)high << 32 | low;
}

ALWAYS_INLINE uint64_t sse2_is(const struct sse2_block *block, char byte)
{
    __m128i all = _mm_set1_epi8(byte);

    return sse2_gather(_mm_cmpeq_epi8(block->a, all), _mm_cmpeq_epi8(block->b, all),
                       _mm_cmpeq_epi8(block->c, all), _mm_cmpeq_epi8(block->d, all));
}

ALWAYS_INLINE __m128i sse2_up_to(__m128i part, char first, char more)
{
    __m128i off = _mm_sub_epi8(part, _mm_set1_epi8(first));

    return _mm_cmpeq_epi8(_mm_min_epu8(off, _mm_set1_epi8(more)), off);
}

/* Finds the bytes from ${first} to ${first} + ${more}, compared as unsigned numbers. */
ALWAYS_INLINE uint64_t sse2_within(const struct sse2_block *block, char first, char more)
{
    return sse2_gather(sse2_up_to(block->a, first, more), sse2_up_to(block->b, first, more),
                       sse2_up_to(block->c, first, more), sse2_up_to(block->d, first, more));
}

ALWAYS_INLINE __m128i sse2_space_in(__m128i part)
{
    __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(part, _mm_set1_epi8(' ')),
                                 _mm_cmpeq_epi8(part, _mm_set1_epi8('\t')));
    __m128i line = _mm_or_si128(_mm_cmpeq_epi8(part, _mm_set1_epi8('\n')),
                                _mm_cmpeq_epi8(part, _mm_set1_epi8('\r')));

    return _mm_or_si128(blank, line);
}

ALWAYS_INLINE __m128i sse2_load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

ALWAYS_INLINE struct json_scan_masks json_scan_masks_sse2(const char *at)
{
    const __m128i letter_case = _mm_set1_epi8(LETTER_CASE);
    struct sse2_block block = {sse2_load(at), sse2_load(at + 16), sse2_load(at + 32),
                               sse2_load(at + 48)};
    struct sse2_block lower = {
        _mm_or_si128(block.a, letter_case), _mm_or_si128(block.b, letter_case),
        _mm_or_si128(block.c, letter_case), _mm_or_si128(block.d, letter_case)};

    return (struct json_scan_masks){
        .quote = sse2_is(&block, '"'),
        .backslash = sse2_is(&block, '\\'),
        .space = sse2_gather(sse2_space_in(block.a), sse2_space_in(block.b), sse2_space_in(block.c),
                             sse2_space_in(block.d)),
        .control = sse2_within(&block, 0, 0x1f),
        .high = sse2_gather(block.a, block.b, block.c, block.d),
        .open = sse2_is(&lower, '{'),
        .close = sse2_is(&lower, '}'),
        .comma = sse2_is(&block, ','),
        .colon = sse2_is(&block, ':'),
        .digit = sse2_within(&block, '0', 9),
        .zero = sse2_is(&block, '0'),
        .dot = sse2_is(&block, '.'),
    };
}

/* The path for AVX2: two vectors of 32 bytes. */
#define AVX2_TARGET __attribute__((target("avx2,bmi,pclmul")))

/* The parity is the carry-less product of ${mask} and a word with all bits set. */
ALWAYS_INLINE AVX2_TARGET uint64_t json_scan_parity_avx2(uint64_t mask)
{
    __m128i all = _mm_set1_epi8(-1);

    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)mask), all, 0));
}

struct avx2_block {
    __m256i low, high;
};

ALWAYS_INLINE AVX2_TARGET uint64_t avx2_gather(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 |
           (uint32_t)_mm256_movemask_epi8(low);
}

ALWAYS_INLINE AVX2_TARGET uint64_t avx2_is(const struct avx2_block *block, char byte)
{
    __m256i all = _mm256_set1_epi8(byte);

    return avx2_gather(_mm256_cmpeq_epi8(block->low, all), _mm256_cmpeq_epi8(block->high, all));
}

ALWAYS_INLINE AVX2_TARGET uint64_t avx2_within(const struct avx2_block *block, char first,
                                               char more)
{
    __m256i from = _mm256_set1_epi8(first), most = _mm256_set1_epi8(more);
    __m256i low = _mm256_sub_epi8(block->low, from), high = _mm256_sub_epi8(block->high, from);

    return avx2_gather(_mm256_cmpeq_epi8(_mm256_min_epu8(low, most), low),
                       _mm256_cmpeq_epi8(_mm256_min_epu8(high, most), high));
}

/*
 * For each value of the low four bits of a byte, the table has the white space with these low bits,
 * or a byte with other low bits, which never matches. The shuffle gives 0 for bytes from 0x80 on.
 */
ALWAYS_INLINE AVX2_TARGET uint64_t avx2_space(const struct avx2_block *block)
{
    __m256i table = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));

    return avx2_gather(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, block->low), block->low),
                       _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, block->high), block->high));
}

ALWAYS_INLINE AVX2_TARGET struct json_scan_masks json_scan_masks_avx2(const char *at)
{
    struct avx2_block block = {
        _mm256_loadu_si256((const __m256i *)(const void *)at),
        _mm256_loadu_si256((const __m256i *)(const void *)(at + 32)),
    };
    struct avx2_block lower = {
        _mm256_or_si256(block.low, _mm256_set1_epi8(LETTER_CASE)),
        _mm256_or_si256(block.high, _mm256_set1_epi8(LETTER_CASE)),
    };

    return (struct json_scan_masks){
        .quote = avx2_is(&block, '"'),
        .backslash = avx2_is(&block, '\\'),
        .space = avx2_space(&block),
        .control = avx2_within(&block, 0, 0x1f),
        .high = avx2_gather(block.low, block.high),
        .open = avx2_is(&lower, '{'),
        .close = avx2_is(&lower, '}'),
        .comma = avx2_is(&block, ','),
        .colon = avx2_is(&block, ':'),
        .digit = avx2_within(&block, '0', 9),
        .zero = avx2_is(&block, '0'),
        .dot = avx2_is(&block, '.'),
    };
}

/* The path for AVX-512: one vector of 64 bytes. A comparison returns a mask. */
#define AVX512_TARGET __attribute__((target("avx2,avx512f,avx512bw,bmi,pclmul")))

ALWAYS_INLINE AVX512_TARGET uint64_t avx512_is(__m512i block, char byte)
{
    return _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte));
}

ALWAYS_INLINE AVX512_TARGET struct json_scan_masks json_scan_masks_avx512(const char *at)
{
    __m512i block = _mm512_loadu_si512(at);
    __m512i lower = _mm512_or_si512(block, _mm512_set1_epi8(LETTER_CASE));
    __m512i off_zero = _mm512_sub_epi8(block, _mm512_set1_epi8('0'));
    uint64_t line = avx512_is(block, '\n') | avx512_is(block, '\r');

    return (struct json_scan_masks){
        .quote = avx512_is(block, '"'),
        .backslash = avx512_is(block, '\\'),
        .space = avx512_is(block, ' ') | avx512_is(block, '\t') | line,
        .control = _mm512_cmplt_epu8_mask(block, _mm512_set1_epi8(' ')),
        .high = _mm512_movepi8_mask(block),
        .open = avx512_is(lower, '{'),
        .close = avx512_is(lower, '}'),
        .comma = avx512_is(block, ','),
        .colon = avx512_is(block, ':'),
        .digit = _mm512_cmplt_epu8_mask(off_zero, _mm512_set1_epi8(10)),
        .zero = avx512_is(block, '0'),
        .dot = avx512_is(block, '.'),
    };
}

#endif
#endif
