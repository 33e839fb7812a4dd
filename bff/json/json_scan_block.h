/*
 * The grammar of JSON, for 64 bytes at once. Each rule is a formula of masks (json_scan_masks.h).
 * The result of the formula is a mask of the bytes that break the rule: "a dot must follow a digit"
 * is dot & ~(digit << 1). No byte needs a branch, and few tokens need one. So irregular text is not
 * slower than regular text.
 *
 * Nearly all rules need only three operations:
 *   behind(mask)       shifts each bit up by one; the lowest bit becomes the last bit of the
 *                      previous block;
 *   past(starts, run)  moves each bit at the beginning of a run to the first bit behind the run. It
 *                      is an addition: its carry goes through the run and into the next block;
 *   a loop             over the few bits that need one: brackets, escapes, literals.
 *
 * Whether a byte is broken never depends on later bytes. So an incomplete block can be checked: it
 * is filled up with spaces, and the broken bits of these spaces are ignored.
 *
 * Private to json_scan.c.
 */
#ifndef BFF_JSON_JSON_SCAN_BLOCK_H
#define BFF_JSON_JSON_SCAN_BLOCK_H

#include "bff/json/json_scan.h"
#include "bff/json/json_scan_masks.h"

/* The masks of the block that is scanned now. */
struct json_scan_block {
    struct json_scan_masks is;
    uint64_t broken;
    uint64_t in_string, string_open,
        string_close; /* in_string has the first quote and the content, but not the last quote */
    uint64_t scalar, scalar_begin; /* numbers and literals */
    uint64_t value;                /* where a value or a key begins */
    uint64_t key;
    uint64_t in_object, in_root; /* the innermost container is an object; it is the root */
    uint64_t root_close;
};

/* The functions for rare cases (json_scan_rare.c). Each one has a carry for the next block. */

/* Returns the broken bits of escapes. ${escaped} are the bits of the bytes behind backslashes. */
uint64_t json_scan_escapes(const char *bytes, uint64_t escaped, uint64_t *hex);

/* Returns the broken bits of the bytes that are 0x80 or more. It is also called if the last
 * character of the previous block is incomplete. */
uint64_t json_scan_utf8(const char *bytes, uint64_t high, uint64_t *continuation);

/* Returns the bits of literals. ${begins} are the bits where scalars begin; ${*broken} gets the
 * broken bits. */
uint64_t json_scan_literals(struct json_scan_carry *carry, const char *bytes, uint64_t begins,
                            uint64_t scalar, uint64_t *broken);

/* Masks for the numbers of a block. */
struct json_scan_numbers {
    uint64_t begin, all, digit, behind_digit, dot;
};

/* Returns the broken bits of signs and exponents. block_numbers checks the rest of a number. */
uint64_t json_scan_exponents(struct json_scan_carry *carry, const char *bytes,
                             struct json_scan_numbers numbers);

/* ${carry} is one bit. */
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

/* Does what past(behind(mask), run) does. Only one of these two steps can set the carry, so one
 * carry is enough. */
ALWAYS_INLINE uint64_t behind_past(uint64_t mask, uint64_t run, uint64_t *carry)
{
    unsigned long long sum;
    uint64_t over = __builtin_uaddll_overflow(mask << 1 | *carry, run, &sum);

    *carry = over | mask >> 63;
    return sum & ~run;
}

/* Returns the bits of the escaped bytes. In a run of backslashes every second one is escaped. An
 * addition finds them: it adds the beginnings of the runs that begin at an odd bit. */
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

ALWAYS_INLINE void block_strings(struct json_scan_block *block, struct json_scan_carry *carry,
                                 const char *bytes, uint64_t parity)
{
    uint64_t escaped = block->is.escaped, broken;

    block->in_string = parity ^ carry->in_string;
    block->string_open = block->is.quote & block->in_string;
    block->string_close = block->is.quote & ~block->in_string;
    carry->in_string = 0 - (block->in_string >> 63);
    broken = block->is.control & block->in_string;
    if ((escaped | carry->hex) != 0)
        broken |= json_scan_escapes(bytes, escaped & block->in_string, &carry->hex);
    if ((block->is.high | carry->continuation) != 0)
        broken |= json_scan_utf8(bytes, block->is.high, &carry->continuation);
    block->broken = broken;
}

/* Removes the bits inside strings from the masks that have a meaning only outside of strings. */
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

ALWAYS_INLINE void block_numbers(struct json_scan_block *block, struct json_scan_carry *carry,
                                 const char *bytes, uint64_t number)
{
    uint64_t digit = block->is.digit & number, dot = block->is.dot & number;
    uint64_t first_zero = block->is.zero & block->scalar_begin;
    uint64_t behind_digit = behind(digit, &carry->digit);
    uint64_t behind_dot = behind(dot, &carry->dot);
    uint64_t broken;

    broken = dot & ~behind_digit;
    broken |= behind_dot & ~digit;
    broken |= behind(first_zero, &carry->zero) & digit;
    broken |= past(behind_dot & digit, digit, &carry->fraction_run) & dot;
    if (((number & ~(digit | dot)) | carry->any_exponent) != 0)
        broken |= json_scan_exponents(
            carry, bytes,
            (struct json_scan_numbers){block->scalar_begin, number, digit, behind_digit, dot});
    block->broken |= broken;
}

ALWAYS_INLINE void stack_push(struct json_scan *scan, unsigned depth, uint64_t is_object)
{
    uint64_t *word = &scan->is_object[depth / 64];

    *word = (*word & ~(1ull << depth % 64)) | is_object << depth % 64;
}

ALWAYS_INLINE uint64_t stack_top(const struct json_scan *scan, unsigned depth)
{
    return scan->is_object[depth / 64] >> depth % 64 & 1;
}

/*
 * Opens and closes the containers of the block, one bracket after the other. Between two brackets
 * the innermost container stays the same. So each bracket sets the kind of container for all bits
 * above it, and the next bracket sets it again.
 */
ALWAYS_INLINE void block_brackets(struct json_scan_block *block, struct json_scan *scan,
                                  const char *bytes)
{
    unsigned depth = scan->depth;
    uint64_t is_object = stack_top(scan, depth), in_object = 0 - is_object;
    uint64_t in_root = 0 - (uint64_t)(depth == 1), open = block->is.open, comma = block->is.comma;
    uint64_t broken = 0, root_close = 0;

    if (depth == 0)
        broken = comma & ((open & (0 - open)) - 1);
    for (uint64_t rest = open | block->is.close; rest != 0; rest &= rest - 1) {
        uint64_t bit = rest & (0 - rest), upward = 0 - (bit << 1), outer = is_object;
        uint64_t is_curly = (unsigned char)bytes[__builtin_ctzll(rest)] >> 5 & 1;
        if ((open & bit) != 0) {
            if (depth == scan->depth_max) {
                broken |= bit;
                break;
            }
            is_object = is_curly;
            stack_push(scan, ++depth, is_curly);
        } else {
            if (depth == 0 || is_curly != is_object) {
                broken |= bit;
                break;
            }
            is_object = stack_top(scan, --depth);
            if (depth == 0) {
                broken |= comma & upward;
                root_close = bit;
            }
        }
        in_object ^= upward & (0 - (outer ^ is_object));
        if (depth <= 2)
            in_root = (in_root & ~upward) | (depth == 1 ? upward : 0);
    }
    scan->depth = depth;
    block->broken |= broken;
    block->in_object = in_object;
    block->in_root = in_root;
    block->root_close = root_close;
}

/* Checks the order of the tokens. No rule is needed for the token after a colon or a comma: a
 * comma, a colon or a closing bracket needs a value before it, so only a value can follow. */
ALWAYS_INLINE void block_order(struct json_scan_block *block, struct json_scan_carry *carry,
                               uint64_t behind_scalar)
{
    const struct json_scan_masks *is = &block->is;
    uint64_t after_value =
        past(behind(block->string_close | is->close, &carry->value_end) | behind_scalar, is->space,
             &carry->value_gap);
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

/* Returns the quotes that are not escaped, and sets is->escaped. */
ALWAYS_INLINE void json_scan_unescape(struct json_scan_masks *is, struct json_scan_carry *carry)
{
    is->escaped = json_scan_escaped(is->backslash, &carry->escape);
    is->quote &= ~is->escaped;
}

/* Checks the next 64 ${bytes}. block->is has their masks; ${parity} is the parity of the quotes
 * (json_scan_parity). */
ALWAYS_INLINE void json_scan_block(struct json_scan_block *block, struct json_scan *scan,
                                   const char *bytes, uint64_t parity)
{
    struct json_scan_carry *carry = &scan->carry;

    block_strings(block, carry, bytes, parity);
    block_outside(block);

    uint64_t behind_scalar = behind(block->scalar, &carry->scalar);
    block->scalar_begin = block->scalar & ~behind_scalar;
    uint64_t number = block->scalar, letters = block->scalar_begin & ~block->is.digit, broken = 0;
    if ((letters | carry->literal) != 0)
        number &= ~json_scan_literals(carry, bytes, letters, block->scalar, &broken);
    block->broken |= broken;
    block_numbers(block, carry, bytes, number);
    block_brackets(block, scan, bytes);
    block_order(block, carry, behind_scalar & ~block->scalar);
}

#endif
