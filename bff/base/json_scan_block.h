/*
 * The grammar, on 64 bytes at once. Each rule of JSON is said with masks (json_scan_masks.h) and
 * gives the bits where it is broken: "a dot stands behind a digit" is dot & ~(digit << 1). There is
 * no branch for a byte and hardly one for a token, so that no text is slow for being irregular.
 *
 * Three moves do nearly everything:
 *   behind(mask)          the bit after each bit, the last block's last bit coming in at the front;
 *   past(starts, run)     from bits at the begin of a run of bits to the first bit behind that run:
 *                         an addition, whose carry goes through the run and on into the next block;
 *   walk                  a loop over the few bits that need one: brackets, escapes, literals.
 *
 * A broken bit never depends on bytes behind it. So a part of a block can be judged by filling it
 * up with spaces and looking at the bits of the part alone.
 *
 * Private to json_scan.c.
 */
#ifndef BFF_BASE_JSON_SCAN_BLOCK_H
#define BFF_BASE_JSON_SCAN_BLOCK_H

#include "bff/base/json_scan.h"
#include "bff/base/json_scan_masks.h"

#define JSON_SCAN_BLOCK 64

/* A block under work, and what has been found in it. */
struct json_scan_block {
    struct json_scan_masks is;
    uint64_t broken;
    uint64_t in_string, string_open,
        string_close;              /* in_string: from the quote on, without the last */
    uint64_t scalar, scalar_begin; /* numbers and literals */
    uint64_t value;                /* where a value or a key begins */
    uint64_t key;
    uint64_t in_object, in_root; /* what the innermost container is: an object; the root */
    uint64_t root_close;
};

/* The rarer cases (json_scan_rare.c), each with the carry that it leaves to the next block. */

/* The broken bits among the bytes behind backslashes. */
uint64_t json_scan_escapes(const char *bytes, uint64_t escaped, uint64_t *hex);

/* The broken bits among the bytes from 0x80. ${before} is the byte before the block. */
uint64_t json_scan_utf8(const char *bytes, char before, uint64_t high, uint64_t *continuation);

/* The bits of true, false and null; ${*broken} gets those where one is misspelt or goes on. */
uint64_t json_scan_literals(struct json_scan_carry *carry, const char *bytes,
                            const struct json_scan_block *block, uint64_t *broken);

/* The carry is one bit. */
ALWAYS_INLINE uint64_t behind(uint64_t mask, uint64_t *carry)
{
    uint64_t moved = mask << 1 | *carry;

    *carry = mask >> 63;
    return moved;
}

ALWAYS_INLINE uint64_t past(uint64_t starts, uint64_t run, uint64_t *carry)
{
    unsigned long long sum;

    *carry = __builtin_uaddll_overflow(starts | *carry, run, &sum);
    return sum & ~run;
}

/* Both: from ${mask} over the ${run} behind it. A bit cannot carry out by both ways at once. */
ALWAYS_INLINE uint64_t behind_past(uint64_t mask, uint64_t run, uint64_t *carry)
{
    unsigned long long sum;
    uint64_t over = __builtin_uaddll_overflow(mask << 1 | *carry, run, &sum);

    *carry = over | mask >> 63;
    return sum & ~run;
}

/* The bytes that a backslash takes the meaning from. Runs of backslashes: every second one is
 * itself escaped; adding to those that begin at an odd place shows which. */
ALWAYS_INLINE uint64_t json_scan_escaped(uint64_t backslash, uint64_t *carry)
{
    const uint64_t even = 0x5555555555555555u;
    unsigned long long sum;

    if (backslash == 0) {
        uint64_t first = *carry;
        *carry = 0;
        return first;
    }
    backslash &= ~*carry;
    uint64_t follows = backslash << 1 | *carry;
    *carry = __builtin_uaddll_overflow(backslash & ~even & ~follows, backslash, &sum);
    return (even ^ ((uint64_t)sum << 1)) & follows;
}

/* Each bit becomes the parity of itself and those below it. */
ALWAYS_INLINE uint64_t json_scan_parity(uint64_t mask)
{
    for (unsigned i = 1; i < 64; i *= 2)
        mask ^= mask << i;
    return mask;
}

ALWAYS_INLINE void block_strings(struct json_scan_block *block, struct json_scan_carry *carry,
                                 const char *bytes)
{
    uint64_t escaped = json_scan_escaped(block->is.backslash, &carry->escape);
    uint64_t quote = block->is.quote & ~escaped;

    block->in_string = json_scan_parity(quote) ^ carry->in_string;
    block->string_open = quote & block->in_string;
    block->string_close = quote & ~block->in_string;
    carry->in_string = 0 - (block->in_string >> 63);
    block->broken = block->is.control & block->in_string;
    escaped &= block->in_string;
    if ((escaped | carry->hex) != 0)
        block->broken |= json_scan_escapes(bytes, escaped, &carry->hex);
    if ((block->is.high | carry->continuation) != 0)
        block->broken |= json_scan_utf8(bytes, carry->last, block->is.high, &carry->continuation);
}

/* What counts outside strings only. */
ALWAYS_INLINE void block_outside(struct json_scan_block *block)
{
    struct json_scan_masks *is = &block->is;
    uint64_t outside = ~(block->in_string | block->string_close);

    is->space &= outside;
    is->open &= outside;
    is->close &= outside;
    is->comma &= outside;
    is->colon &= outside;
    block->scalar = outside & ~(is->space | is->open | is->close | is->comma | is->colon);
}

/* Numbers with a sign or an exponent, which are few. */
ALWAYS_INLINE void block_exponents(struct json_scan_block *block, struct json_scan_carry *carry,
                                   uint64_t number, uint64_t digit)
{
    uint64_t dot = block->is.dot & number, exponent = block->is.exponent & number;
    uint64_t minus = block->is.minus & number, sign = minus | (block->is.plus & number);
    uint64_t minus_first = minus & block->scalar_begin;
    uint64_t behind_exponent = behind(exponent, &carry->exponent);
    uint64_t exponent_sign = behind(sign & behind_exponent, &carry->exponent_sign);
    uint64_t first = behind(minus_first, &carry->minus_first);
    uint64_t broken;

    broken = sign & ~(minus_first | behind_exponent);
    broken |= (exponent_sign | first) & ~digit;
    broken |= behind_exponent & ~(digit | sign);
    broken |= behind(first & block->is.zero, &carry->zero_first) & digit;
    broken |= past((behind_exponent | exponent_sign) & digit, digit, &carry->exponent_run) &
              (dot | exponent);
    block->broken |= broken;
    carry->any_exponent = carry->exponent | carry->exponent_sign | carry->minus_first |
                          carry->zero_first | carry->exponent_run;
}

ALWAYS_INLINE void block_numbers(struct json_scan_block *block, struct json_scan_carry *carry,
                                 uint64_t number)
{
    uint64_t digit = block->is.digit & number, dot = block->is.dot & number;
    uint64_t first_zero = block->is.zero & block->scalar_begin;
    uint64_t behind_dot = behind(dot, &carry->dot);
    uint64_t rare = number & ~(digit | dot);
    uint64_t broken;

    broken = number & ~(digit | dot | block->is.exponent | block->is.minus | block->is.plus);
    broken |= (dot | (rare & block->is.exponent)) & ~behind(digit, &carry->digit);
    broken |= behind_dot & ~digit;
    broken |= behind(first_zero, &carry->zero) & digit;
    broken |= past(behind_dot & digit, digit, &carry->fraction_run) & dot;
    block->broken |= broken;
    if ((rare | carry->any_exponent) != 0)
        block_exponents(block, carry, number, digit);
}

/* Opens a container of the kind. The bits above it are in it, until the next bracket. */
ALWAYS_INLINE uint64_t stack_push(struct json_scan *scan, unsigned depth, uint64_t is_object)
{
    uint64_t *word = &scan->is_object[depth / 64];

    *word = (*word & ~(1ull << depth % 64)) | is_object << depth % 64;
    return is_object;
}

ALWAYS_INLINE uint64_t stack_top(const struct json_scan *scan, unsigned depth)
{
    return scan->is_object[depth / 64] >> depth % 64 & 1;
}

/*
 * Opens and closes the containers of the block, in turn. In between, the innermost container is the
 * same: its kind goes to all bits above the bracket, until the next bracket overwrites them.
 */
ALWAYS_INLINE void block_brackets(struct json_scan_block *block, struct json_scan *scan,
                                  const char *bytes)
{
    unsigned depth = scan->depth;
    uint64_t is_object = stack_top(scan, depth);

    block->in_object = 0 - is_object;
    block->in_root = 0 - (uint64_t)(depth == 1);
    block->root_close = 0;
    if (depth == 0)
        block->broken |= block->is.comma & ((block->is.open & (0 - block->is.open)) - 1);
    for (uint64_t rest = block->is.open | block->is.close; rest != 0; rest &= rest - 1) {
        uint64_t bit = rest & (0 - rest), upward = 0 - (bit << 1);
        uint64_t is_curly = (unsigned char)bytes[__builtin_ctzll(rest)] >> 5 & 1;
        if ((block->is.open & bit) != 0) {
            if (depth == scan->depth_max) {
                block->broken |= bit;
                break;
            }
            is_object = stack_push(scan, ++depth, is_curly);
        } else {
            if (depth == 0 || is_curly != is_object) {
                block->broken |= bit;
                break;
            }
            is_object = stack_top(scan, --depth);
            if (depth == 0) {
                block->broken |= block->is.comma & upward;
                block->root_close = bit;
            }
        }
        block->in_object = (block->in_object & ~upward) | (upward & (0 - is_object));
        block->in_root = (block->in_root & ~upward) | (upward & (0 - (uint64_t)(depth == 1)));
    }
    scan->depth = depth;
}

/* Which token may follow which. What follows a colon or a comma need not be said: only a value may
 * follow what is no value, as commas, colons and brackets that close ask for one before them. */
ALWAYS_INLINE void block_order(struct json_scan_block *block, struct json_scan_carry *carry,
                               uint64_t behind_scalar)
{
    const struct json_scan_masks *is = &block->is;
    uint64_t value_end = block->string_close | is->close;
    uint64_t after_value =
        past(behind(value_end, &carry->value_end) | behind_scalar, is->space, &carry->value_gap);
    uint64_t after_open = behind_past(is->open, is->space, &carry->open);
    uint64_t after_colon = behind_past(is->colon, is->space, &carry->colon);

    block->value = block->string_open | block->scalar_begin | is->open;
    block->key = block->value & block->in_object & ~after_colon;
    uint64_t key_end = past(block->key & block->string_open, block->in_string, &carry->key_run);
    uint64_t after_key = behind_past(key_end, is->space, &carry->key_end);

    block->broken |= after_value & block->value;
    block->broken |= is->comma & ~after_value;
    block->broken |= is->close & ~(after_value | after_open);
    block->broken |= block->key & ~block->string_open;
    block->broken |= after_key ^ is->colon;
}

/* Judges the next 64 ${bytes}, of which block->is tells what they are. */
ALWAYS_INLINE void json_scan_block(struct json_scan_block *block, struct json_scan *scan,
                                   const char *bytes)
{
    struct json_scan_carry *carry = &scan->carry;

    block_strings(block, carry, bytes);
    block_outside(block);

    uint64_t behind_scalar = behind(block->scalar, &carry->scalar);
    block->scalar_begin = block->scalar & ~behind_scalar;
    uint64_t number = block->scalar;
    if (((block->scalar_begin & ~(block->is.digit | block->is.minus)) | carry->literal) != 0)
        number &= ~json_scan_literals(carry, bytes, block, &block->broken);
    block_numbers(block, carry, number);
    block_brackets(block, scan, bytes);
    block_order(block, carry, behind_scalar & ~block->scalar);
    scan->has_value |= block->value != 0;
    carry->last = bytes[JSON_SCAN_BLOCK - 1];
}

#endif
