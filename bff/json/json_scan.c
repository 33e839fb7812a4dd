/*
 * See json_scan.h. This file scans the text block by block with the fastest instructions of the
 * processor, and notes the slices. The grammar is in json_scan_block.h.
 */
#include "bff/base/check.h"
#include "bff/json/json_scan_block.h"
#include "bff/json/json_scan_path.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"

/* Scans ${count} blocks of ${bytes}, which are at scan->at in ${text}. Returns the broken bits of
 * the first block that has broken bits, or 0. There is one such function for each path. */
typedef uint64_t scan_blocks(struct json_scan *scan, const char *text, const char *bytes,
                             size_t count);

void json_scan_init(struct json_scan *scan, unsigned depth_max, bool keep_slices)
{
    must(depth_max <= JSON_DEPTH_MAX);
    *scan = (struct json_scan){.depth_max = depth_max, .keep_slices = keep_slices};
}

void json_scan_free(struct json_scan *scan)
{
    memory_free(scan->slices.rows);
    scan->slices = (struct json_slices){0};
}

static struct json_slice *slice_add(struct json_slices *slices)
{
    if (slices->count == slices->capacity) {
        slices->capacity = slices->capacity == 0 ? 16 : 2 * slices->capacity;
        slices->rows = memory_grow(slices->rows, slices->capacity * sizeof(*slices->rows));
    }
    return &slices->rows[slices->count++];
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Notes that a child of the root begins at ${at}. If the root is an object, the key has been noted
 * before. */
static void slice_begin(struct json_scan *scan, const char *text, size_t at)
{
    struct json_slice *slice = slice_add(&scan->slices);
    size_t key_end = at;

    *slice = (struct json_slice){.key_at = (uint32_t)at, .at = (uint32_t)at};
    if (scan->key_at == 0)
        return;
    while (text[--key_end] != '"')
        continue;
    slice->key_at = (uint32_t)scan->key_at;
    slice->key_len = (uint32_t)(key_end - scan->key_at);
}

/* Notes that the last child, if there is one, has ended before ${at}. */
static void slice_end(struct json_scan *scan, const char *text, size_t at)
{
    if (scan->slices.count == 0)
        return;
    struct json_slice *slice = &scan->slices.rows[scan->slices.count - 1];
    while (is_space(text[at - 1]))
        at--;
    slice->len = (uint32_t)(at - slice->at);
}

static __attribute__((noinline)) void slices_note(struct json_scan *scan, const char *text,
                                                  uint64_t begins, uint64_t keys, uint64_t ends)
{
    for (uint64_t rest = begins | ends; rest != 0; rest &= rest - 1) {
        uint64_t bit = rest & (0 - rest);
        size_t at = scan->at + (size_t)__builtin_ctzll(rest);
        if ((ends & bit) != 0)
            slice_end(scan, text, at);
        else if ((keys & bit) != 0)
            scan->key_at = at + 1;
        else
            slice_begin(scan, text, at);
    }
}

/* Scans one block. Each path contains this function, compiled for the instructions of the path. */
ALWAYS_INLINE uint64_t scan_one(struct json_scan *scan, const char *text, const char *bytes,
                                struct json_scan_block *block, uint64_t parity)
{
    json_scan_block(block, scan, bytes, parity);
    if (scan->keep_slices && (block->in_root | block->root_close) != 0 && block->broken == 0)
        slices_note(scan, text, block->value & block->in_root, block->key,
                    (block->is.comma & block->in_root) | block->root_close);
    scan->at += JSON_SCAN_BLOCK;
    return block->broken;
}

static uint64_t scan_portable(struct json_scan *scan, const char *text, const char *bytes,
                              size_t count)
{
    uint64_t broken = 0;

    for (; count > 0 && broken == 0; count--, bytes += JSON_SCAN_BLOCK) {
        struct json_scan_block block = {.is = json_scan_masks_portable(bytes)};
        json_scan_unescape(&block.is, &scan->carry);
        broken = scan_one(scan, text, bytes, &block, json_scan_parity(block.is.quote));
    }
    return broken;
}

#if defined(JSON_SCAN_AMD64)
static uint64_t scan_sse2(struct json_scan *scan, const char *text, const char *bytes, size_t count)
{
    uint64_t broken = 0;

    for (; count > 0 && broken == 0; count--, bytes += JSON_SCAN_BLOCK) {
        struct json_scan_block block = {.is = json_scan_masks_sse2(bytes)};
        json_scan_unescape(&block.is, &scan->carry);
        broken = scan_one(scan, text, bytes, &block, json_scan_parity(block.is.quote));
    }
    return broken;
}

AVX2_TARGET static uint64_t scan_avx2(struct json_scan *scan, const char *text, const char *bytes,
                                      size_t count)
{
    uint64_t broken = 0;

    for (; count > 0 && broken == 0; count--, bytes += JSON_SCAN_BLOCK) {
        struct json_scan_block block = {.is = json_scan_masks_avx2(bytes)};
        json_scan_unescape(&block.is, &scan->carry);
        broken = scan_one(scan, text, bytes, &block, json_scan_parity_avx2(block.is.quote));
    }
    return broken;
}

AVX512_TARGET static uint64_t scan_avx512(struct json_scan *scan, const char *text,
                                          const char *bytes, size_t count)
{
    uint64_t broken = 0;

    for (; count > 0 && broken == 0; count--, bytes += JSON_SCAN_BLOCK) {
        struct json_scan_block block = {.is = json_scan_masks_avx512(bytes)};
        json_scan_unescape(&block.is, &scan->carry);
        broken = scan_one(scan, text, bytes, &block, json_scan_parity_avx2(block.is.quote));
    }
    return broken;
}

static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("pclmul");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}
#endif

static scan_blocks *path = scan_portable;

/* Returns the function of the path ${wanted}, or NULL if this machine does not have its
 * instructions. */
static scan_blocks *path_of(enum json_scan_path wanted)
{
#if defined(JSON_SCAN_AMD64)
    if (wanted == JSON_SCAN_BY_AVX512)
        return has_avx512() ? scan_avx512 : NULL;
    if (wanted == JSON_SCAN_BY_AVX2)
        return has_avx2() ? scan_avx2 : NULL;
    if (wanted == JSON_SCAN_BY_SSE2)
        return scan_sse2;
#endif
    return wanted == JSON_SCAN_BY_WORDS ? scan_portable : NULL;
}

bool json_scan_use(enum json_scan_path wanted)
{
    scan_blocks *found = path_of(wanted);

    if (found != NULL)
        path = found;
    return found != NULL;
}

/* This function runs before main, so two threads never choose at the same time. */
__attribute__((constructor)) static void choose_path(void)
{
    int wanted = JSON_SCAN_BY_AVX512;

    while (!json_scan_use((enum json_scan_path)wanted))
        wanted--;
}

static int whole_blocks(struct json_scan *scan, const char *text, size_t len)
{
    return path(scan, text, text + scan->at, (len - scan->at) / JSON_SCAN_BLOCK) == 0 ? 0 : -1;
}

/* Scans the rest of the text, which is shorter than a block, and fills the block up with spaces.
 * ${before} is the byte before it. Returns the broken bits. */
static uint64_t short_block(struct json_scan *scan, const char *text, char before, struct text rest)
{
    char room[1 + JSON_SCAN_BLOCK], *bytes = room + 1;

    room[0] = before;
    memset(bytes, ' ', JSON_SCAN_BLOCK);
    if (rest.len > 0)
        memcpy(bytes, rest.at, rest.len);
    return path(scan, text, bytes, 1);
}

static uint64_t last_block(struct json_scan *scan, const char *text, size_t len)
{
    return short_block(scan, text, scan->at > 0 ? text[scan->at - 1] : ' ',
                       (struct text){text + scan->at, len - scan->at});
}

/* Checks the rest of the text, which is not yet a whole block, in a copy of the scan. So ${scan}
 * does not change. */
static bool is_broken_ahead(const struct json_scan *scan, const char *text, size_t len)
{
    struct json_scan ahead = *scan;
    uint64_t there = (1ull << (len - scan->at)) - 1;

    ahead.keep_slices = false;
    return (last_block(&ahead, text, len) & there) != 0;
}

int json_scan_more(struct json_scan *scan, const char *text, size_t len)
{
    if (scan->is_broken)
        return -1;
    scan->is_broken =
        whole_blocks(scan, text, len) != 0 || (len > scan->at && is_broken_ahead(scan, text, len));
    return scan->is_broken ? -1 : 0;
}

int json_scan_end(struct json_scan *scan, const char *text, size_t len)
{
    if (scan->is_broken)
        return -1;
    /* The last block ends with a space. If the root has ended, this space is in the gap after the
     * root, and value_gap is not 0. */
    scan->is_broken = whole_blocks(scan, text, len) != 0 || last_block(scan, text, len) != 0 ||
                      scan->depth > 0 || scan->carry.value_gap == 0;
    scan->at = len;
    return scan->is_broken ? -1 : 0;
}

int json_scan_blocks(struct json_scan *scan, const char *bytes, size_t count)
{
    must(!scan->keep_slices);
    scan->is_broken = scan->is_broken || path(scan, NULL, bytes, count) != 0;
    return scan->is_broken ? -1 : 0;
}

int json_scan_blocks_end(struct json_scan *scan, const char *bytes, size_t len)
{
    must(!scan->keep_slices && len < JSON_SCAN_BLOCK);
    scan->is_broken = scan->is_broken ||
                      short_block(scan, NULL, bytes[-1], (struct text){bytes, len}) != 0 ||
                      scan->depth > 0 || scan->carry.value_gap == 0;
    return scan->is_broken ? -1 : 0;
}

bool json_scan_accepts(const char *text, size_t len, unsigned depth_max)
{
    struct json_scan scan;

    if (len == 0)
        return false;
    json_scan_init(&scan, depth_max, false);
    int verdict = json_scan_end(&scan, text, len);
    json_scan_free(&scan);
    return verdict == 0;
}
