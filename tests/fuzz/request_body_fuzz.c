/*
 * Reads any body (after the first line of the input) by any rows of .body (the first line: paths
 * with a letter for the kind, which is upper case when the member is optional, such as
 * "titems[].id Nage"). The verdict must not depend on the pieces in which the body comes. A body
 * that is not JSON is refused; one that is JSON is judged as a walk over a tree judges it. The
 * samples that are made from the rows must be good.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>

#include "bff/compose/input.h"
#include "bff/compose/input_spec.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/json_tree.h"

#define ROWS_MOST 16
#define TEXT_MOST 8192
#define DEPTH 64

static const char kinds[] = "atnbol"; /* in the order of enum bff_body_kind */

struct rows {
    struct bff_body rows[ROWS_MOST];
    size_t count;
};

static void read_rows(struct pool *pool, struct text line, struct rows *out)
{
    while (line.at != NULL && out->count < ROWS_MOST) {
        struct text word = text_cut(&line, ' ');
        const char *kind = word.len == 0 ? NULL : strchr(kinds, tolower(word.at[0]));
        if (word.len < 2 || kind == NULL || *kind == '\0')
            continue;
        out->rows[out->count++] = (struct bff_body){
            .path = pool_text(pool, (struct text){word.at + 1, word.len - 1}).at,
            .kind = (enum bff_body_kind)(kind - kinds),
            .is_optional = isupper((unsigned char)word.at[0]) != 0,
        };
    }
}

/* A walk over a tree. It looks at one row at a time, without the tree of input_spec. */

static bool is_kind(const struct tree *at, enum bff_body_kind kind)
{
    switch (kind) {
    case BFF_BODY_ANY:
        return true;
    case BFF_BODY_TEXT:
        return tree_is(at, '"');
    case BFF_BODY_NUMBER:
        return at->raw.at[0] == '-' || isdigit((unsigned char)at->raw.at[0]);
    case BFF_BODY_BOOL:
        return tree_is(at, 't') || tree_is(at, 'f');
    case BFF_BODY_OBJECT:
        return tree_is(at, '{');
    case BFF_BODY_LIST:
        return tree_is(at, '[');
    }
    return false;
}

/* The row for exactly ${path}, which ends before "[]" or a dot; NULL: there is none. */
static const struct bff_body *row_for(const struct rows *rows, struct text path)
{
    for (size_t i = 0; i < rows->count; i++)
        if (text_equal(text_of(rows->rows[i].path), path))
            return &rows->rows[i];
    return NULL;
}

struct walk {
    struct pool *pool;
    const struct rows *rows;
    const struct bff_body *row;
};

/* True when a row that begins with ${path} makes the member there required. */
static bool is_needed(const struct rows *rows, struct text path)
{
    const struct bff_body *own = row_for(rows, path);

    if (own != NULL)
        return !own->is_optional;
    for (size_t i = 0; i < rows->count; i++) {
        struct text full = text_of(rows->rows[i].path);
        size_t len = path.len;
        bool is_below = full.len > len && memcmp(full.at, path.at, len) == 0 &&
                        (full.at[len] == '.' || full.at[len] == '[');
        if (!is_below || rows->rows[i].is_optional)
            continue;
        /* Is an optional row between the two? */
        for (len++; len < full.len; len++)
            if ((full.at[len] == '.' || (full.at[len] == '[' && full.at[len - 1] != '.')) &&
                row_for(rows, (struct text){full.at, len}) != NULL &&
                row_for(rows, (struct text){full.at, len})->is_optional)
                break;
        if (len == full.len)
            return true;
    }
    return false;
}

static bool is_twice(struct pool *pool, const struct tree *object, struct text name)
{
    size_t count = 0;

    for (const struct tree *child = object->first; child != NULL; child = child->next)
        count += text_equal(tree_decoded(pool, child->key), name);
    return count > 1;
}

/* Does ${at}, which is at the first ${len} bytes of the row's path, hold what the row says? */
static bool holds(const struct walk *walk, const struct tree *at, size_t len)
{
    struct text full = text_of(walk->row->path), rest = {full.at + len, full.len - len};

    if (rest.len == 0)
        return is_kind(at, walk->row->kind);
    if (rest.at[0] == '[') {
        if (!tree_is(at, '['))
            return false;
        for (const struct tree *item = at->first; item != NULL; item = item->next)
            if (!holds(walk, item, len + 2))
                return false;
        return true;
    }
    if (!tree_is(at, '{'))
        return false;
    len += len > 0;
    size_t end = len;
    while (end < full.len && full.at[end] != '.' && full.at[end] != '[')
        end++;
    const struct tree *member = tree_get(walk->pool, at, (struct text){full.at + len, end - len});
    if (member == NULL)
        return !is_needed(walk->rows, (struct text){full.at, end});
    return !is_twice(walk->pool, at, (struct text){full.at + len, end - len}) &&
           holds(walk, member, end);
}

static bool is_good(struct pool *pool, const struct rows *rows, const struct tree *tree)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct walk walk = {pool, rows, &rows->rows[i]};
        if (!holds(&walk, tree, 0))
            return false;
    }
    return true;
}

/* What this server says. */

static struct text verdict(struct pool *pool, const struct input_spec *spec, struct text body,
                           size_t size)
{
    struct input *input = input_new(pool, spec, DEPTH);
    struct input_mistake mistake = {0};
    struct json json;

    for (size_t at = 0; at < body.len; at += size) {
        size_t len = body.len - at < size ? body.len - at : size;
        if (!input_add(input, (struct text){body.at + at, len}, &mistake))
            return input_members(&mistake, pool);
    }
    if (!input_end(input, &json, &mistake))
        return input_members(&mistake, pool);
    must(json_is(json, JSON_NONE) == (body.len == 0));
    return TEXT("");
}

static void check_samples(struct pool *pool, const struct input_spec *spec)
{
    struct input_mistake mistake;

    for (int is_full = 0; is_full < 2; is_full++) {
        struct json sample = input_spec_sample(spec, pool, is_full != 0);
        if (spec->count == 0)
            continue;
        must(json_scan_accepts(sample.at, sample.len, JSON_DEPTH_MAX));
        must(input_spec_check(spec, sample, pool, &mistake));
    }
}

static void check_body(struct pool *pool, const struct input_spec *spec, const struct rows *rows,
                       struct text body)
{
    struct text whole = verdict(pool, spec, body, TEXT_MOST);
    bool is_json = json_scan_accepts(body.at, body.len, DEPTH);

    for (size_t size = 1; size < 200; size = size * 3 + 1)
        must(text_equal(verdict(pool, spec, body, size), whole));
    must(whole.len == 0 ||
         json_scan_accepts(pool_print(pool, "{%.*s}", TEXT_ARGS(whole)).at, whole.len + 2, 8));
    if (body.len == 0)
        must((whole.len > 0) == input_spec_needs_body(spec));
    else if (!is_json)
        must(whole.len > 0);
    else
        must((whole.len == 0) == is_good(pool, rows, tree_read(pool, body)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > TEXT_MOST)
        return 0;
    struct pool *pool = pool_new();
    char *bytes = chance_copy(data, size);
    struct text body = {bytes, size}, line = text_cut(&body, '\n');
    struct rows rows = {.count = 0};
    struct input_spec spec;
    bool are_good = true;

    line.len = line.len == 0 ? 0 : strnlen(line.at, line.len);
    read_rows(pool, line, &rows);
    input_spec_init(&spec, pool);
    for (size_t i = 0; i < rows.count && are_good; i++)
        are_good = input_spec_add(&spec, &rows.rows[i]) == NULL;
    if (are_good) {
        check_samples(pool, &spec);
        if (body.at != NULL)
            check_body(pool, &spec, &rows, body);
    }
    pool_free(pool);
    free(bytes);
    return 0;
}
