/*
 * Scans any bytes as JSON, on each path and cut into pieces in many ways. The scanner must accept
 * exactly the texts that the grammar allows. It must refuse a text at its first wrong byte. It must
 * find the children of the root at the same places as a tree parser. The simple reader of the
 * grammar is compared with yajl, too.
 */
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/json_tree.h"
#include "tests/unit/json_pieces.h"
#include "tests/unit/json_reference.h"
#include "tests/unit/json_yajl.h"

#define DEPTH 128
#define TEXT_MOST 8192    /* yajl and the references recurse, or look at all of it for every cut */
#define EVERY_CUT_MOST 96 /* bytes: a block and a half */

struct sample {
    const char *text;
    size_t len;
    bool is_json;
    size_t mistake; /* where the first wrong byte is, or ${len} */
    struct tree *tree;
};

static void compare_with_yajl(const struct sample *sample)
{
    char *array = malloc(sample->len + 2);
    size_t mistake;

    must(array != NULL);
    array[0] = '[';
    memcpy(array + 1, sample->text, sample->len);
    array[sample->len + 1] = ']';
    if (yajl_can_judge(sample->text, sample->len))
        must(yajl_takes_item(sample->text, sample->len) ==
             reference_is_json(array, sample->len + 2, TEXT_MOST, &mistake));
    free(array);
}

static bool is_container(const struct tree *tree)
{
    return tree_is(tree, '{') || tree_is(tree, '[');
}

static void check_slices(const struct sample *sample, const struct json_scan *scan)
{
    const struct json_slice *row = scan->slices.rows;
    const char *text = sample->text;

    if (!is_container(sample->tree))
        return;
    must(scan->slices.count == sample->tree->count);
    for (struct tree *child = sample->tree->first; child != NULL; child = child->next, row++) {
        must(text + row->at == child->raw.at && row->len == child->raw.len);
        must(row->key_len == child->key.len);
        must(child->key.at == NULL || text + row->key_at == child->key.at);
    }
}

/* The walk without an index finds the same, all the way down. */
static void check_walk(struct json value, const struct tree *tree)
{
    struct json_walk walk = json_walk(value);
    struct json child;

    must(text_equal(json_raw(value), tree->raw));
    if (!is_container(tree))
        return;
    for (const struct tree *want = tree->first; want != NULL; want = want->next) {
        must(json_walk_next(&walk, &child));
        must(text_equal(walk.key, want->key));
        check_walk(child, want);
    }
    must(!json_walk_next(&walk, &child));
}

static void check_cuts(void *cookie, const struct cuts *cuts)
{
    const struct sample *sample = cookie;
    struct json_scan scan;
    int result = 0;

    json_scan_init(&scan, DEPTH, true);
    for (size_t at = 0; at < cuts->len && result == 0;) {
        at += cuts_piece(cuts, at);
        result = more(&scan, sample->text, at);
        must((result != 0) == (at > sample->mistake));
    }
    must((json_scan_end(&scan, sample->text, sample->len) == 0) == sample->is_json);
    if (sample->is_json)
        check_slices(sample, &scan);
    json_scan_free(&scan);
    json_scan_free(&scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > TEXT_MOST)
        return 0;
    struct pool *pool = pool_new();
    struct sample sample = {.text = chance_copy(data, size), .len = size};

    sample.is_json = reference_is_json(sample.text, size, DEPTH, &sample.mistake);
    compare_with_yajl(&sample);
    if (sample.is_json) {
        struct text text = {sample.text, size};
        sample.tree = tree_read(pool, text);
        check_walk(json_of(text), sample.tree);
    }
    for (EVERY_PATH(path)) {
        if (json_scan_use(path))
            cuts_each(size, EVERY_CUT_MOST, chance_of(data, size), check_cuts, &sample);
    }
    free((char *)sample.text);
    pool_free(pool);
    return 0;
}
