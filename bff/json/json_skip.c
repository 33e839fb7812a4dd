/*
 * See json_skip.h. The bytes are valid JSON, so the grammar need not be checked. A string ends at
 * the first quote that is not escaped. A container ends at the bracket that closes it. A scalar
 * ends at a delimiter.
 */
#include <string.h>

#include "bff/json/json_scan_block.h"
#include "bff/json/json_skip.h"

const char *json_skip_string(const char *at, const char *end)
{
    const char *from = at + 1;

    while (from < end) {
        const char *quote = memchr(from, '"', (size_t)(end - from)), *escapes = quote;
        if (quote == NULL)
            return end;
        while (escapes > from && escapes[-1] == '\\')
            escapes--;
        if ((quote - escapes) % 2 == 0)
            return quote + 1;
        from = quote + 1;
    }
    return end;
}

/* The state that one block of a container passes on to the next block. */
struct skip {
    size_t depth;
    uint64_t in_string, escape;
};

/* Returns the bit of the bracket that closes the container, or 0 if this bracket is not in these 64
 * ${bytes}. */
static uint64_t skip_block(struct skip *skip, const char *bytes)
{
#if defined(JSON_SCAN_AMD64)
    struct json_scan_masks is = json_scan_masks_sse2(bytes);
#else
    struct json_scan_masks is = json_scan_masks_portable(bytes);
#endif
    uint64_t quote = is.quote & ~json_scan_escaped(is.backslash, &skip->escape);
    uint64_t in_string = json_scan_parity(quote) ^ skip->in_string;
    uint64_t open = is.open & ~in_string, close = is.close & ~in_string;

    skip->in_string = 0 - (in_string >> 63);
    if ((size_t)__builtin_popcountll(close) < skip->depth) {
        skip->depth += (size_t)__builtin_popcountll(open);
        skip->depth -= (size_t)__builtin_popcountll(close);
        return 0;
    }
    for (uint64_t rest = open | close; rest != 0; rest &= rest - 1) {
        uint64_t bit = rest & (0 - rest);
        skip->depth += (open & bit) != 0 ? 1 : (size_t)-1;
        if (skip->depth == 0)
            return bit;
    }
    return 0;
}

static const char *skip_container(const char *at, const char *end)
{
    struct skip skip = {0};
    char bytes[JSON_SCAN_BLOCK] = {0};

    for (; end - at >= JSON_SCAN_BLOCK; at += JSON_SCAN_BLOCK) {
        uint64_t bit = skip_block(&skip, at);
        if (bit != 0)
            return at + __builtin_ctzll(bit) + 1;
    }
    memcpy(bytes, at, (size_t)(end - at));
    uint64_t bit = skip_block(&skip, bytes);
    return bit == 0 ? end : at + __builtin_ctzll(bit) + 1;
}

static bool is_delimiter(char c)
{
    return c == ',' || c == '}' || c == ']' || json_skip_is_space(c);
}

const char *json_skip_value(const char *at, const char *end)
{
    if (at == end)
        return end;
    if (*at == '"')
        return json_skip_string(at, end);
    if (*at == '{' || *at == '[')
        return skip_container(at, end);
    while (at < end && !is_delimiter(*at))
        at++;
    return at;
}
