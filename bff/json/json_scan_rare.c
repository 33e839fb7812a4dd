/* The rare cases that the scanner checks byte by byte. See json_scan_block.h. */
#include "bff/json/json_scan_block.h"

/* Returns ${mask} shifted up by ${by} bits; ${*out} gets the bits that are shifted out. */
static uint64_t move_up(uint64_t mask, unsigned by, uint64_t *out)
{
    if (by >= 64) {
        *out |= mask << (by - 64);
        return 0;
    }
    if (by > 0)
        *out |= mask >> (64 - by);
    return mask << by;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_simple_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return true;
    default:
        return false;
    }
}

uint64_t json_scan_escapes(const char *bytes, uint64_t escaped, uint64_t *hex)
{
    uint64_t broken = 0, digits = *hex;

    *hex = 0;
    for (uint64_t rest = escaped; rest != 0; rest &= rest - 1) {
        unsigned at = (unsigned)__builtin_ctzll(rest);
        if (bytes[at] == 'u')
            digits |= move_up(0xf, at + 1, hex);
        else if (!is_simple_escape(bytes[at]))
            broken |= 1ull << at;
    }
    for (uint64_t rest = digits; rest != 0; rest &= rest - 1) {
        if (!is_hex(bytes[__builtin_ctzll(rest)]))
            broken |= rest & (0 - rest);
    }
    return broken;
}

/* Returns how many bytes must follow ${lead}; 4 if no character begins with ${lead}. */
static unsigned utf8_follow(unsigned char lead)
{
    if (lead < 0xc2 || lead > 0xf4)
        return 4;
    return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
}

/* True when ${second} may follow ${lead}. Any other byte would make an overlong form, a surrogate,
 * or a code point above U+10FFFF. */
static bool utf8_may_follow(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second < 0xa0;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second < 0x90;
    default:
        return true;
    }
}

uint64_t json_scan_utf8(const char *bytes, uint64_t high, uint64_t *continuation)
{
    uint64_t broken, following = *continuation;

    *continuation = 0;
    broken = following & ~high;
    for (uint64_t rest = high; rest != 0; rest &= rest - 1) {
        unsigned at = (unsigned)__builtin_ctzll(rest);
        uint64_t bit = 1ull << at;
        unsigned char byte = (unsigned char)bytes[at];
        if ((following & bit) != 0) {
            if (byte > 0xbf || !utf8_may_follow((unsigned char)(bytes + at)[-1], byte))
                broken |= bit;
            continue;
        }
        unsigned follow = utf8_follow(byte);
        if (follow == 4)
            broken |= bit;
        else
            following |= move_up((1ull << follow) - 1, at + 1, continuation);
    }
    return broken | (following & ~high);
}

static const char *literal_of(char first)
{
    switch (first) {
    case 't':
        return "true";
    case 'f':
        return "false";
    case 'n':
        return "null";
    default:
        return "";
    }
}

/*
 * Compares the rest of a literal with the bytes at ${at}. The letters that are not in this block
 * are compared with the next block. This function is rarely called. It is not inlined, so that it
 * takes no registers from the common case.
 */
static __attribute__((noinline)) uint64_t literal(struct json_scan_carry *carry, const char *bytes,
                                                  unsigned at, uint64_t *broken)
{
    const char *word = carry->literal_rest;
    uint64_t found = 0;

    for (; *word != '\0' && at < JSON_SCAN_BLOCK; word++, at++) {
        if (bytes[at] != *word) {
            *broken |= 1ull << at;
            break;
        }
        found |= 1ull << at;
    }
    carry->literal_rest = word;
    return found;
}

/* Does the same as literal for a literal that is completely in the block, like most literals. It
 * compares four letters at once. */
static inline uint64_t literal_inside(const char *at)
{
    uint32_t letters, words[3];

    memcpy(&letters, at, sizeof(letters));
    memcpy(words, "truenullfals", sizeof(words));
    if (letters == words[0] || letters == words[1])
        return 0xf;
    return letters == words[2] && at[4] == 'e' ? 0x1f : 0;
}

uint64_t json_scan_literals(struct json_scan_carry *carry, const char *bytes, uint64_t begins,
                            uint64_t scalar, uint64_t *broken)
{
    uint64_t last = carry->literal, found = 0;

    if (last != 0)
        found = literal(carry, bytes, 0, broken);
    for (; begins != 0; begins &= begins - 1) {
        unsigned at = (unsigned)__builtin_ctzll(begins);
        uint64_t inside = at > JSON_SCAN_BLOCK - 5 ? 0 : literal_inside(bytes + at);
        if (inside == 0) {
            carry->literal_rest = literal_of(bytes[at]);
            inside = literal(carry, bytes, at, broken);
        } else {
            carry->literal_rest = "";
            inside <<= at;
        }
        found |= inside;
    }
    carry->literal = found >> 63;
    *broken |= (found << 1 | last) & scalar & ~found;
    return found;
}

/* Masks for signs and exponents in numbers. */
struct marks {
    uint64_t exponent, minus, sign, zero, other;
};

static struct marks marks_of(const char *bytes, struct json_scan_numbers numbers, uint64_t first)
{
    struct marks marks = {0};

    for (uint64_t rest = numbers.all & ~(numbers.digit | numbers.dot); rest != 0;
         rest &= rest - 1) {
        uint64_t bit = rest & (0 - rest);
        char byte = bytes[__builtin_ctzll(rest)];
        if (byte == 'e' || byte == 'E')
            marks.exponent |= bit;
        else if (byte == '-')
            marks.minus |= bit;
        else if (byte == '+')
            marks.sign |= bit;
        else
            marks.other |= bit;
    }
    marks.sign |= marks.minus;
    first |= (marks.minus & numbers.begin) << 1;
    for (uint64_t rest = first; rest != 0; rest &= rest - 1) {
        if (bytes[__builtin_ctzll(rest)] == '0')
            marks.zero |= rest & (0 - rest);
    }
    return marks;
}

uint64_t json_scan_exponents(struct json_scan_carry *carry, const char *bytes,
                             struct json_scan_numbers numbers)
{
    struct marks marks = marks_of(bytes, numbers, carry->minus_first);
    uint64_t minus_first = marks.minus & numbers.begin;
    uint64_t behind_exponent = behind(marks.exponent, &carry->exponent);
    uint64_t exponent_sign = behind(marks.sign & behind_exponent, &carry->exponent_sign);
    uint64_t broken = marks.other;

    broken |= marks.exponent & ~numbers.behind_digit;
    broken |= marks.sign & ~(minus_first | behind_exponent);
    broken |= (exponent_sign | behind(minus_first, &carry->minus_first)) & ~numbers.digit;
    broken |= behind_exponent & ~(numbers.digit | marks.sign);
    broken |= behind(marks.zero, &carry->zero_first) & numbers.digit;
    broken |= past((behind_exponent | exponent_sign) & numbers.digit, numbers.digit,
                   &carry->exponent_run) &
              (numbers.dot | marks.exponent);
    carry->any_exponent = carry->exponent | carry->exponent_sign | carry->minus_first |
                          carry->zero_first | carry->exponent_run;
    return broken;
}
