/*
 * Edits any bytes by any rules, cut into pieces in many ways. The first line has the rules,
 * separated by blanks: "+a.b" allows, "-a[].b" denies, "=a.b:c" renames, "!a.b" sets to 0. The rest
 * is the text. The result must be that of a simple editor that has the whole text as a tree, and
 * compares the whole path of each value with all rules.
 */
#include <stdint.h>

#include "bff/json/json_edit.h"
#include "bff/base/text_builder.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/json_tree.h"

#define DEPTH 60
#define TEXT_MOST 4096
#define EVERY_CUT_MOST 140 /* bytes: two blocks and a bit */
#define RULES_MOST 16
#define STEPS_MOST (JSON_EDIT_STEPS_MAX + DEPTH + 1)

/* The items of an array are a step with an absent name. */
struct path {
    struct text steps[STEPS_MOST];
    size_t count;
};

struct rule {
    enum json_edit_action action;
    struct path path;
    struct text value;
};

struct sample {
    struct pool *pool;
    struct rule rules[RULES_MOST];
    size_t rule_count;
    struct json_edit_rules made;
    struct text text, want;
    bool is_broken;
    struct json_edit edit;
    struct text_builder got;
};

/* The rules. */

static void read_steps(struct path *path, struct text text)
{
    for (struct text rest = text; rest.at != NULL;) {
        struct text step = text_cut(&rest, '.');
        size_t items = 0;
        for (; step.len >= 2 && memcmp(step.at + step.len - 2, "[]", 2) == 0; items++)
            step.len -= 2;
        if (step.len > 0)
            path->steps[path->count++] = step;
        while (items-- > 0)
            path->steps[path->count++] = (struct text){0};
    }
}

static bool read_rule(struct sample *sample, struct text word)
{
    const char *kinds = "+-=!", *kind = word.len == 0 ? NULL : strchr(kinds, word.at[0]);
    struct text value = {0}, path = {word.at + 1, word.len - 1};

    if (kind == NULL || *kind == '\0' || memchr(word.at, '\\', word.len) != NULL ||
        sample->rule_count == RULES_MOST)
        return false;
    struct rule *rule = &sample->rules[sample->rule_count++];
    rule->action = (enum json_edit_action)(kind - kinds);
    if (rule->action == JSON_EDIT_SET)
        value = TEXT("0");
    if (rule->action == JSON_EDIT_RENAME) {
        value = path;
        path = text_cut(&value, ':');
    }
    if ((rule->action == JSON_EDIT_RENAME && value.at == NULL) || !text_is_utf8(value))
        return false;
    rule->value = value;
    if (json_edit_rules_add(&sample->made, rule->action, path, value) != NULL)
        return false;
    read_steps(&rule->path, path);
    return true;
}

static bool read_rules(struct sample *sample, struct text line)
{
    json_edit_rules_init(&sample->made, sample->pool);
    while (line.at != NULL)
        if (!read_rule(sample, text_cut(&line, ' ')))
            return false;
    json_edit_rules_check(&sample->made);
    return true;
}

/* The simple editor. */

static bool step_equal(struct text a, struct text b)
{
    return (a.at == NULL) == (b.at == NULL) && text_equal(a, b);
}

static bool is_prefix(const struct path *prefix, const struct path *path)
{
    if (prefix->count > path->count)
        return false;
    for (size_t i = 0; i < prefix->count; i++)
        if (!step_equal(prefix->steps[i], path->steps[i]))
            return false;
    return true;
}

static const struct rule *rule_at(const struct sample *sample, enum json_edit_action action,
                                  const struct path *path)
{
    for (size_t i = 0; i < sample->rule_count; i++)
        if (sample->rules[i].action == action && sample->rules[i].path.count == path->count &&
            is_prefix(path, &sample->rules[i].path))
            return &sample->rules[i];
    return NULL;
}

/* True when some allow rule is about a value inside of ${path}. */
static bool leads(const struct sample *sample, const struct path *path)
{
    for (size_t i = 0; i < sample->rule_count; i++)
        if (sample->rules[i].action == JSON_EDIT_ALLOW &&
            path->count < sample->rules[i].path.count && is_prefix(path, &sample->rules[i].path))
            return true;
    return false;
}

/* True when there are allow rules, and none is about a value that contains ${path}. */
static bool filters(const struct sample *sample, const struct path *path)
{
    bool any = false;

    for (size_t i = 0; i < sample->rule_count; i++) {
        if (sample->rules[i].action != JSON_EDIT_ALLOW)
            continue;
        any = true;
        if (is_prefix(&sample->rules[i].path, path))
            return false;
    }
    return any;
}

static bool is_reached(const struct sample *sample, const struct path *path,
                       const struct tree *value)
{
    for (size_t i = 0; i < sample->rule_count; i++) {
        const struct path *other = &sample->rules[i].path;
        if (other->count <= path->count || !is_prefix(path, other))
            continue;
        if (tree_is(value, other->steps[path->count].at == NULL ? '[' : '{'))
            return true;
    }
    return false;
}

static bool stays(const struct sample *sample, const struct path *path, const struct tree *value)
{
    if (rule_at(sample, JSON_EDIT_DENY, path) != NULL)
        return false;
    if (!filters(sample, path))
        return true;
    return leads(sample, path) && (is_reached(sample, path, value) || tree_is(value, 'n'));
}

static void write_value(struct sample *sample, struct text_builder *out, struct path *path,
                        const struct tree *value);

static void put_comma(struct text_builder *out)
{
    if (out->at[out->len - 1] != '{' && out->at[out->len - 1] != '[')
        text_builder_add(out, TEXT(","));
}

static void put_string(struct text_builder *out, struct text text)
{
    struct json_edit_rules rules;
    struct pool *pool = pool_new();

    /* Encodes the name as the rules do. */
    json_edit_rules_init(&rules, pool);
    must(json_edit_rules_add(&rules, JSON_EDIT_RENAME, TEXT("a"), text) == NULL);
    text_builder_add(out, rules.root.first->renamed);
    pool_free(pool);
}

static void put_set(struct text_builder *out, const struct rule *rule)
{
    put_comma(out);
    put_string(out, rule->path.steps[rule->path.count - 1]);
    text_builder_add(out, rule->value);
}

static void write_member(struct sample *sample, struct text_builder *out, struct path *path,
                         const struct tree *child, bool *is_set)
{
    const struct rule *set = rule_at(sample, JSON_EDIT_SET, path);
    const struct rule *renamed = rule_at(sample, JSON_EDIT_RENAME, path);

    if (set != NULL) {
        if (!is_set[set - sample->rules])
            put_set(out, set);
        is_set[set - sample->rules] = true;
        return;
    }
    if (!stays(sample, path, child))
        return;
    put_comma(out);
    if (renamed != NULL) {
        put_string(out, renamed->value);
    } else {
        text_builder_add(out, TEXT("\""));
        text_builder_add(out, child->key);
        text_builder_add(out, TEXT("\":"));
    }
    write_value(sample, out, path, child);
}

static void write_object(struct sample *sample, struct text_builder *out, struct path *path,
                         const struct tree *value)
{
    bool is_set[RULES_MOST] = {false};

    text_builder_add(out, TEXT("{"));
    path->count++;
    for (const struct tree *child = value->first; child != NULL; child = child->next) {
        path->steps[path->count - 1] = tree_decoded(sample->pool, child->key);
        write_member(sample, out, path, child, is_set);
    }
    path->count--;
    for (size_t i = 0; i < sample->rule_count; i++) {
        const struct rule *rule = &sample->rules[i];
        if (rule->action == JSON_EDIT_SET && !is_set[i] && rule->path.count == path->count + 1 &&
            is_prefix(path, &rule->path))
            put_set(out, rule);
    }
    text_builder_add(out, TEXT("}"));
}

static void write_value(struct sample *sample, struct text_builder *out, struct path *path,
                        const struct tree *value)
{
    if (!is_reached(sample, path, value)) {
        text_builder_add(out, value->raw);
        return;
    }
    if (tree_is(value, '{')) {
        write_object(sample, out, path, value);
        return;
    }
    text_builder_add(out, TEXT("["));
    path->steps[path->count++] = (struct text){0};
    for (const struct tree *child = value->first; child != NULL; child = child->next) {
        if (!stays(sample, path, child))
            continue;
        put_comma(out);
        write_value(sample, out, path, child);
    }
    path->count--;
    text_builder_add(out, TEXT("]"));
}

static void edit_simply(struct sample *sample)
{
    struct path *path = pool_zero(sample->pool, sizeof(*path));
    struct text_builder out;
    const struct tree *tree;

    sample->is_broken = !json_scan_accepts(sample->text.at, sample->text.len, DEPTH);
    if (sample->is_broken)
        return;
    tree = tree_read(sample->pool, sample->text);
    sample->is_broken =
        filters(sample, path) && !is_reached(sample, path, tree) && !tree_is(tree, 'n');
    text_builder_init(&out, sample->pool, sample->text.len + 16);
    if (!sample->is_broken)
        write_value(sample, &out, path, tree);
    sample->want = text_builder_text(&out);
}

/* The editor. */

static void gather(void *cookie, struct text bytes)
{
    text_builder_add(&((struct sample *)cookie)->got, bytes);
}

static void check_cuts(void *cookie, const struct cuts *cuts)
{
    struct sample *sample = cookie;
    int result = 0;

    sample->got.len = 0;
    json_edit_init(&sample->edit, &sample->made, DEPTH, gather, sample);
    for (size_t at = 0; at < cuts->len;) {
        size_t len = cuts_piece(cuts, at);
        char *piece = chance_copy(sample->text.at + at, len);
        result = json_edit_more(&sample->edit, (struct text){piece, len});
        free(piece);
        at += len;
    }
    result = json_edit_end(&sample->edit) | result;
    must((result != 0) == sample->is_broken);
    if (sample->is_broken)
        return;
    must(text_equal(text_builder_text(&sample->got), sample->want));
    must(json_scan_accepts(sample->want.at, sample->want.len, DEPTH));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > TEXT_MOST)
        return 0;
    struct pool *pool = pool_new();
    struct sample *sample = pool_zero(pool, sizeof(*sample));
    char *bytes = chance_copy(data, size);
    struct text line;

    sample->pool = pool;
    sample->text = (struct text){bytes, size};
    line = text_cut(&sample->text, '\n');
    text_builder_init(&sample->got, pool, size + 16);
    if (sample->text.at != NULL && sample->text.len > 0 && read_rules(sample, line)) {
        edit_simply(sample);
        cuts_each(sample->text.len, EVERY_CUT_MOST, chance_of(data, size), check_cuts, sample);
    }
    pool_free(pool);
    free(bytes);
    return 0;
}
