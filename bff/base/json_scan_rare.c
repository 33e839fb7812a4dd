/* What the scanner looks at byte by byte: see json_scan_block.h. */
#include "bff/base/json_scan_block.h"

/* ${mask} moved up by ${by}; what leaves it at the top comes back in ${*out}. */
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

/* How many bytes must follow ${lead}; 4: it leads nothing. */
static unsigned utf8_follow(unsigned char lead)
{
    if (lead < 0xc2 || lead > 0xf4)
        return 4;
    return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
}

/* May ${second} follow ${lead}? Some would make a form too long, a surrogate, or leave Unicode. */
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

uint64_t json_scan_utf8(const char *bytes, char before, uint64_t high, uint64_t *continuation)
{
    uint64_t broken, following = *continuation;

    *continuation = 0;
    broken = following & ~high;
    for (uint64_t rest = high; rest != 0; rest &= rest - 1) {
        unsigned at = (unsigned)__builtin_ctzll(rest);
        uint64_t bit = 1ull << at;
        unsigned char byte = (unsigned char)bytes[at];
        if ((following & bit) != 0) {
            unsigned char last = (unsigned char)(at == 0 ? before : bytes[at - 1]);
            if (byte > 0xbf || !utf8_may_follow(last, byte))
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

/* Compares ${word} with what stands at ${at}; what does not fit is left to the next block. */
static uint64_t literal(struct json_scan_carry *carry, const char *bytes, unsigned at,
                        uint64_t *broken)
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

/* The same for one that is wholly in the block, as most are: four letters at once. */
static uint64_t literal_inside(const char *at)
{
    uint32_t letters;

    memcpy(&letters, at, sizeof(letters));
    if (memcmp(&letters, "true", 4) == 0 || memcmp(&letters, "null", 4) == 0)
        return 0xf;
    return memcmp(&letters, "fals", 4) == 0 && at[4] == 'e' ? 0x1f : 0;
}

uint64_t json_scan_literals(struct json_scan_carry *carry, const char *bytes,
                            const struct json_scan_block *block, uint64_t *broken)
{
    uint64_t begins = block->scalar_begin & ~(block->is.digit | block->is.minus), found = 0;
    uint64_t last = carry->literal;

    if (last != 0)
        found = literal(carry, bytes, 0, broken);
    for (; begins != 0; begins &= begins - 1) {
        unsigned at = (unsigned)__builtin_ctzll(begins);
        uint64_t inside = at > JSON_SCAN_BLOCK - 5 ? 0 : literal_inside(bytes + at);
        if (inside != 0) {
            found |= inside << at;
            carry->literal_rest = "";
            continue;
        }
        carry->literal_rest = literal_of(bytes[at]);
        found |= literal(carry, bytes, at, broken);
    }
    carry->literal = found >> 63;
    *broken |= (found << 1 | last) & block->scalar & ~found;
    return found;
}
