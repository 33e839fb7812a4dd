/*
 * Applies any paths (the first line of the input) to any JSON (the rest). The result must be JSON,
 * and must be equal to what a walk over a tree picks. Paths that contradict each other must be
 * refused, and no others. A pick that keeps the whole value, with a computed member at the first of
 * the paths, must change nothing else: without the computed member, the result is the input.
 */
#include <stdint.h>
#include <stdio.h>

#include "bff/compose/pick.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/json_tree.h"

#define PATHS_MOST PICK_MEMBERS_MAX /* with more of them a level might have too many members */
#define TEXT_MOST 16384

/* The paths. */

struct paths {
    struct text rows[PATHS_MOST]; /* what is left of each, on the way down; absent: nothing */
    size_t count;
};

/* Cuts the first step off; ${*is_list}: it had "[]". */
static struct text step_of(struct text *path, bool *is_list)
{
    struct text step = text_cut(path, '.');

    *is_list = step.len > 2 && memcmp(step.at + step.len - 2, "[]", 2) == 0;
    step.len -= *is_list ? 2 : 0;
    return step;
}

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < 0x20 || strchr("\"\\[],{}()';*", name.at[i]) != NULL)
            return false;
    return name.len > 0 && text_is_utf8(name);
}

static bool is_path(struct text path)
{
    while (path.at != NULL) {
        bool is_list;
        if (!is_name(step_of(&path, &is_list)) || (is_list && path.at == NULL))
            return false;
    }
    return true;
}

/* Do they end in each other, or differ in whether something is a list? */
static bool contradict(struct text a, struct text b)
{
    while (a.at != NULL && b.at != NULL) {
        bool a_is_list, b_is_list;
        if (!text_equal(step_of(&a, &a_is_list), step_of(&b, &b_is_list)))
            return false;
        if (a.at == NULL || b.at == NULL || a_is_list != b_is_list)
            return true;
    }
    return true;
}

static bool are_good(const struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        if (!is_path(paths->rows[i]))
            return false;
        for (size_t j = 0; j < i; j++)
            if (contradict(paths->rows[i], paths->rows[j]))
                return false;
    }
    return paths->count > 0;
}

/* Returns -1 when there are more than can be looked at here. */
static int paths_read(struct text line, struct paths *out)
{
    out->count = 0;
    while (line.at != NULL) {
        struct text path = text_cut(&line, ' ');
        if (path.len == 0)
            continue;
        if (out->count == PATHS_MOST)
            return -1;
        out->rows[out->count++] = path;
    }
    return 0;
}

/* Picking from a tree. */

struct output {
    struct pool *pool;
    char *at;
    size_t len;
};

static void put(struct output *out, struct text text)
{
    if (text.len > 0)
        memcpy(out->at + out->len, text.at, text.len);
    out->len += text.len;
}

static void pick_from(struct output *out, const struct tree *tree, const struct paths *paths);

static void pick_items(struct output *out, const struct tree *list, const struct paths *paths)
{
    put(out, TEXT("["));
    for (const struct tree *item = list->first; item != NULL; item = item->next) {
        put(out, item == list->first ? TEXT("") : TEXT(","));
        pick_from(out, item, paths);
    }
    put(out, TEXT("]"));
}

/* What the paths from ${first} on say of the member that the first of them names; those are taken
 * out of ${paths}. */
static struct paths take_below(struct paths *paths, size_t first, struct text *name, bool *is_list)
{
    struct paths below = {.count = 0};
    struct text rest = paths->rows[first];

    *name = step_of(&rest, is_list);
    for (size_t i = first; i < paths->count; i++) {
        bool ignored;
        rest = paths->rows[i];
        if (rest.at == NULL || !text_equal(step_of(&rest, &ignored), *name))
            continue;
        below.rows[below.count++] = rest;
        paths->rows[i] = (struct text){0};
    }
    return below;
}

static void pick_from(struct output *out, const struct tree *tree, const struct paths *paths)
{
    struct paths left = *paths;
    bool has_any = false, is_list;

    if (!tree_is(tree, '{')) {
        put(out, tree->raw);
        return;
    }
    put(out, TEXT("{"));
    for (size_t i = 0; i < left.count; i++) {
        struct text name;
        if (left.rows[i].at == NULL)
            continue;
        struct paths below = take_below(&left, i, &name, &is_list);
        const struct tree *member = tree_get(out->pool, tree, name);
        if (member == NULL)
            continue;
        put(out, has_any ? TEXT(",\"") : TEXT("\""));
        put(out, name);
        put(out, TEXT("\":"));
        has_any = true;
        if (below.rows[0].at == NULL || (is_list && !tree_is(member, '[')))
            put(out, member->raw);
        else if (is_list)
            pick_items(out, member, &below);
        else
            pick_from(out, member, &below);
    }
    put(out, TEXT("}"));
}

/* Comparing. */

struct sample {
    struct pool *pool;
    const struct pick *pick;
    struct paths paths;
    struct json_scan scan; /* of the text, finished */
    struct text text;
};

static struct text joined(struct pool *pool, const struct pieces *pieces)
{
    char *bytes = pool_take(pool, pieces->bytes + 1);
    size_t len = 0;

    for (size_t i = 0; i < pieces->count; i++) {
        memcpy(bytes + len, pieces->rows[i].at, pieces->rows[i].len);
        len += pieces->rows[i].len;
    }
    must(len == pieces->bytes);
    return (struct text){bytes, len};
}

static bool is_json(struct text text)
{
    struct json_scan scan;

    json_scan_init(&scan, 128, false);
    return json_scan_end(&scan, text.at, text.len) == 0;
}

static void check_picked(const struct sample *sample, struct json value, struct text want)
{
    struct pieces out;
    bool is_list = json_is(value, JSON_ARRAY);

    pieces_init(&out, sample->pool, 16);
    if (is_list)
        pick_list(sample->pick, value, &(struct pick_out){.pieces = &out});
    else
        pick_object(sample->pick, value, &(struct pick_out){.pieces = &out});
    struct text got = joined(sample->pool, &out);
    must(is_json(got) && text_equal(got, want));
}

/* Behind a member of our own, as in an answer. */
static void check_members(const struct sample *sample, struct json value, struct text object)
{
    struct pieces out;
    bool has_any = true;

    pieces_init(&out, sample->pool, 0);
    pieces_add(&out, TEXT("{\"own\":1"));
    pick_members(sample->pick, value, &has_any, &(struct pick_out){.pieces = &out});
    pieces_add(&out, TEXT("}"));
    struct text got = joined(sample->pool, &out);
    struct text want = pool_print(sample->pool, "{\"own\":1%s%.*s", object.len > 2 ? "," : "",
                                  (int)object.len - 1, object.at + 1);
    must(is_json(got) && text_equal(got, want));
}

/* A computed member, which is 0. */
static struct text print_zero(void *cookie, size_t field, struct json object, size_t place)
{
    size_t *calls = cookie;

    must(json_is(object, JSON_OBJECT) && field == 7);
    ++*calls;
    return TEXT("0");
}

static struct text filled(const struct sample *sample, const struct pick *pick, struct json value,
                          const struct pick_fill *fill)
{
    struct pieces out;
    struct pick_out at = {.pieces = &out, .fill = fill};

    pieces_init(&out, sample->pool, 16);
    if (pick->is_list)
        pick_list(pick, value, &at);
    else
        pick_object(pick, value, &at);
    return joined(sample->pool, &out);
}

static void check_filled(const struct sample *sample, struct json value)
{
    struct pick *pick = pick_whole(sample->pool);
    size_t calls = 0;

    pick->is_list = json_is(value, JSON_ARRAY);
    must(pick_add(sample->pool, pick, sample->paths.rows[0], 7) == NULL);
    size_t *counts = pool_zero(sample->pool, (pick->list_count + 1) * sizeof(*counts));
    struct pick_fill fill = {.print = print_zero, .cookie = &calls, .counts = counts};
    struct text raw = json_raw(value), got = filled(sample, pick, value, &fill);
    must(is_json(got));
    must(calls > 0 || text_equal(got, raw));
    must(text_equal(filled(sample, pick, value, NULL), raw));
}

static void compare(const struct sample *sample)
{
    const struct tree *tree = tree_read(sample->pool, sample->text);
    struct output out = {.pool = sample->pool};

    out.at = pool_take(sample->pool, 2 * sample->text.len + 16);
    if (tree_is(tree, '['))
        pick_items(&out, tree, &sample->paths);
    else
        pick_from(&out, tree, &sample->paths);
    struct text want = {out.at, out.len};
    struct json indexed = json_scanned(sample->text, &sample->scan);
    check_picked(sample, json_of(sample->text), want);
    check_picked(sample, indexed, want);
    if (tree_is(tree, '{'))
        check_members(sample, indexed, want);
    check_filled(sample, indexed);
    check_filled(sample, json_of(sample->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > TEXT_MOST)
        return 0;
    struct sample sample = {.pool = pool_new()};
    char *bytes = chance_copy(data, size);
    struct text text = {bytes, size}, line = text_cut(&text, '\n');
    const char *wrong = NULL;

    line.len = line.len == 0 ? 0 : strnlen(line.at, line.len); /* it is a C string to pick_read */
    json_scan_init(&sample.scan, 127, true);
    if (paths_read(line, &sample.paths) == 0) {
        sample.pick = pick_read(sample.pool, pool_text(sample.pool, line).at, &wrong);
        must((sample.pick != NULL) == are_good(&sample.paths));
        must((sample.pick != NULL) == (wrong == NULL));
    }
    if (sample.pick != NULL && text.at != NULL) {
        sample.text = text;
        if (json_scan_end(&sample.scan, text.at, text.len) == 0)
            compare(&sample);
    }
    json_scan_free(&sample.scan);
    pool_free(sample.pool);
    free(bytes);
    return 0;
}
