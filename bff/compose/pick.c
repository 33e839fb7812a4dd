/* See pick.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/compose/pick.h"

/* Reading, at start. */

struct reader {
    struct pool *pool;
    const char *wrong; /* the first mistake, or NULL */
};

static void mistake(struct reader *reader, const char *format, struct text about)
{
    if (reader->wrong == NULL)
        reader->wrong = pool_print(reader->pool, format, TEXT_ARGS(about)).at;
}

static struct pick *find_member(struct pick *members, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(members[i].name, name))
            return &members[i];
    return NULL;
}

/* True when ${name} has no byte that JSON must escape. It is printed unchanged. */
static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < 0x20 || strchr("\"\\[]", name.at[i]) != NULL)
            return false;
    return name.len > 0 && text_is_utf8(name);
}

/* Reads one step of a dotted path. "items[]" is a list with the name "items". */
static struct text read_step(struct text *rest, bool *is_list)
{
    struct text step = text_cut(rest, '.');

    *is_list = step.len > 2 && memcmp(step.at + step.len - 2, "[]", 2) == 0;
    if (*is_list)
        step.len -= 2;
    return step;
}

static struct pick *add_member(struct reader *reader, struct pick *parent, struct text name)
{
    if (parent->members == NULL)
        parent->members = pool_zero(reader->pool, PICK_MEMBERS_MAX * sizeof(*parent));
    if (parent->member_count == PICK_MEMBERS_MAX) {
        mistake(reader, "\"%.*s\" is one member too many for one level", name);
        return NULL;
    }
    struct pick *added = &parent->members[parent->member_count++];
    added->name = pool_text(reader->pool, name);
    added->key = pool_print(reader->pool, ",\"%.*s\":", TEXT_ARGS(name));
    return added;
}

/* Returns the member of ${parent} for the step ${name}, and adds it when it is new. NULL when the
 * step is not allowed there. */
static struct pick *step_into(struct reader *reader, struct pick *parent, struct text name,
                              bool is_last)
{
    struct pick *known = find_member(parent->members, parent->member_count, name);

    if (known == NULL)
        return add_member(reader, parent, name);
    if (is_last || known->members == NULL) {
        mistake(reader, "\"%.*s\" stands twice, or is part of another path", name);
        return NULL;
    }
    return known;
}

static void read_path(struct reader *reader, struct pick *root, struct text path)
{
    struct pick *at = root;

    if (memchr(path.at, ',', path.len) != NULL) {
        mistake(reader, "\"%.*s\" is no path: names are separated by spaces, not commas", path);
        return;
    }
    for (struct text rest = path; rest.at != NULL && at != NULL;) {
        bool is_list;
        struct text name = read_step(&rest, &is_list);
        bool is_last = rest.at == NULL;
        if (!is_name(name) || (is_list && is_last)) {
            mistake(reader, "\"%.*s\" cannot be read", path);
            return;
        }
        at = step_into(reader, at, name, is_last);
        if (at != NULL && at->members != NULL && at->is_list != is_list)
            mistake(reader, "\"%.*s\" stands with [] and without", name);
        if (at != NULL)
            at->is_list = is_list;
    }
}

const struct pick *pick_read(struct pool *pool, const char *paths, const char **wrong)
{
    struct reader reader = {.pool = pool};
    struct pick *root = pool_zero(pool, sizeof(*root));

    for (struct text rest = text_of(paths); rest.at != NULL;) {
        struct text path = text_cut(&rest, ' ');
        if (path.len > 0)
            read_path(&reader, root, path);
    }
    if (root->member_count == 0)
        mistake(&reader, "it names no member%.*s", TEXT(""));
    *wrong = reader.wrong;
    return reader.wrong == NULL ? root : NULL;
}

/* Applying. */

/* Returns the place of ${key} among the members of ${pick}. ${key} is not decoded: it may contain
 * escapes. */
static size_t member_of(const struct pick *pick, struct text key)
{
    bool is_escaped = key.len > 0 && memchr(key.at, '\\', key.len) != NULL;

    for (size_t i = 0; i < pick->member_count; i++) {
        if (text_equal(key, pick->members[i].name) ||
            (is_escaped && json_key_is(key, pick->members[i].name.at)))
            return i;
    }
    return pick->member_count;
}

/* Finds all members in one pass over the object. To look up each member separately would need one
 * pass for each. */
static void find_members(const struct pick *pick, struct json value, struct json *found)
{
    struct json child;

    memset(found, 0, pick->member_count * sizeof(*found));
    for (struct json_walk walk = json_walk(value); json_walk_next(&walk, &child);) {
        size_t place = member_of(pick, walk.key);
        if (place < pick->member_count)
            found[place] = child;
    }
}

static void add_value(const struct pick *pick, struct json value, struct pieces *out)
{
    if (pick->members == NULL)
        pieces_add(out, json_raw(value));
    else if (pick->is_list)
        pick_list(pick, value, out);
    else
        pick_object(pick, value, out);
}

void pick_members(const struct pick *pick, struct json value, bool *has_any, struct pieces *out)
{
    struct json found[PICK_MEMBERS_MAX];

    must(pick->member_count <= PICK_MEMBERS_MAX);
    if (!json_is(value, JSON_OBJECT))
        return;
    find_members(pick, value, found);
    for (size_t i = 0; i < pick->member_count; i++) {
        struct text key = pick->members[i].key;
        if (json_is(found[i], JSON_NONE))
            continue;
        pieces_add(out, *has_any ? key : (struct text){key.at + 1, key.len - 1});
        add_value(&pick->members[i], found[i], out);
        *has_any = true;
    }
}

void pick_object(const struct pick *pick, struct json value, struct pieces *out)
{
    bool has_any = false;

    if (!json_is(value, JSON_OBJECT)) {
        pieces_add(out, json_raw(value));
        return;
    }
    pieces_add(out, TEXT("{"));
    pick_members(pick, value, &has_any, out);
    pieces_add(out, TEXT("}"));
}

void pick_list(const struct pick *pick, struct json list, struct pieces *out)
{
    bool has_any = false;

    if (!json_is(list, JSON_ARRAY)) {
        pieces_add(out, json_raw(list));
        return;
    }
    pieces_add(out, TEXT("["));
    json_each (item, list) {
        if (has_any)
            pieces_add(out, TEXT(","));
        pick_object(pick, item, out);
        has_any = true;
    }
    pieces_add(out, TEXT("]"));
}

bool pick_list_fits(struct json list)
{
    json_each (item, list) {
        if (!json_is(item, JSON_OBJECT))
            return false;
    }
    return true;
}
