/*
 * See json_scan.h. This file leads the text through the machine block by block, on the fastest path
 * that the processor has, and notes the slices; the grammar is in json_scan_block.h.
 */
#include "bff/base/check.h"
#include "bff/base/json_scan_block.h"
#include "bff/base/json_scan_path.h"
#include "bff/base/memory.h"

/* What a path does: scans the ${bytes}, which stand at ${scan}->at in ${text}. Returns the broken
 * bits, and the block's findings for the slices. */
typedef uint64_t scan_block(struct json_scan *scan, const char *bytes,
                            struct json_scan_block *found);

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

/* A value of the root's begins at ${at}: behind a key and its colon, if the root is an object. */
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

/* The last child, if there is any, has ended somewhere before ${at}. */
static void slice_end(struct json_scan *scan, const char *text, size_t at)
{
    if (scan->slices.count == 0)
        return;
    struct json_slice *slice = &scan->slices.rows[scan->slices.count - 1];
    while (is_space(text[at - 1]))
        at--;
    slice->len = (uint32_t)(at - slice->at);
}

static void slices_of_block(struct json_scan *scan, const char *text,
                            const struct json_scan_block *found)
{
    uint64_t begins = found->value & found->in_root;
    uint64_t ends = (found->is.comma & found->in_root) | found->root_close;

    for (uint64_t rest = begins | ends; rest != 0; rest &= rest - 1) {
        uint64_t bit = rest & (0 - rest);
        size_t at = scan->at + (size_t)__builtin_ctzll(rest);
        if ((ends & bit) != 0)
            slice_end(scan, text, at);
        else if ((found->key & bit) != 0)
            scan->key_at = at + 1;
        else
            slice_begin(scan, text, at);
    }
}

/* Each path is the same, built for its machine. */
static uint64_t block_portable(struct json_scan *scan, const char *bytes,
                               struct json_scan_block *found)
{
    found->is = json_scan_masks_portable(bytes);
    json_scan_block(found, scan, bytes);
    return found->broken;
}

#if defined(__x86_64__)
static uint64_t block_sse2(struct json_scan *scan, const char *bytes, struct json_scan_block *found)
{
    found->is = json_scan_masks_sse2(bytes);
    json_scan_block(found, scan, bytes);
    return found->broken;
}

AVX2_TARGET static uint64_t block_avx2(struct json_scan *scan, const char *bytes,
                                       struct json_scan_block *found)
{
    found->is = json_scan_masks_avx2(bytes);
    json_scan_block(found, scan, bytes);
    return found->broken;
}
#endif

static scan_block *path = block_portable;

bool json_scan_use(enum json_scan_path wanted)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (wanted == JSON_SCAN_AVX2) {
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi"))
            return false;
        path = block_avx2;
        return true;
    }
    if (wanted == JSON_SCAN_SSE2) {
        path = block_sse2;
        return true;
    }
#endif
    path = block_portable;
    return wanted == JSON_SCAN_PORTABLE;
}

/* Before main, so that no two threads ever choose at once. */
__attribute__((constructor)) static void choose_path(void)
{
    if (!json_scan_use(JSON_SCAN_AVX2))
        json_scan_use(JSON_SCAN_SSE2);
}

static int whole_blocks(struct json_scan *scan, const char *text, size_t len)
{
    struct json_scan_block found;

    for (; len - scan->at >= JSON_SCAN_BLOCK; scan->at += JSON_SCAN_BLOCK) {
        if (path(scan, text + scan->at, &found) != 0)
            return -1;
        if (scan->keep_slices && (found.in_root | found.root_close) != 0)
            slices_of_block(scan, text, &found);
    }
    return 0;
}

/* Scans what is no whole block, with spaces behind it. Returns the broken bits. */
static uint64_t last_block(struct json_scan *scan, const char *text, size_t len,
                           struct json_scan_block *found)
{
    char bytes[JSON_SCAN_BLOCK];

    memset(bytes, ' ', sizeof(bytes));
    if (len > scan->at)
        memcpy(bytes, text + scan->at, len - scan->at);
    return path(scan, bytes, found);
}

int json_scan_more(struct json_scan *scan, const char *text, size_t len)
{
    struct json_scan_block found;

    if (scan->is_broken)
        return -1;
    scan->is_broken = true;
    if (whole_blocks(scan, text, len) != 0)
        return -1;
    if (len > scan->at) {
        struct json_scan ahead = *scan;
        uint64_t there = (1ull << (len - scan->at)) - 1;
        if ((last_block(&ahead, text, len, &found) & there) != 0)
            return -1;
    }
    scan->is_broken = false;
    return 0;
}

int json_scan_end(struct json_scan *scan, const char *text, size_t len)
{
    struct json_scan_block found;

    if (scan->is_broken)
        return -1;
    scan->is_broken = true;
    if (whole_blocks(scan, text, len) != 0 || last_block(scan, text, len, &found) != 0)
        return -1;
    if (scan->keep_slices)
        slices_of_block(scan, text, &found);
    if (scan->depth > 0 || scan->carry.in_string != 0 || !scan->has_value)
        return -1;
    scan->at = len;
    scan->is_broken = false;
    return 0;
}
