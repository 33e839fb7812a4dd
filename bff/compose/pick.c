/* See pick.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/compose/pick.h"

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

/* Computed members. */

static size_t added_count(const struct pick *pick, const struct pick_out *out)
{
    return out->fill == NULL ? 0 : pick->added_count;
}

static struct text print_added(const struct pick_added *added, struct json object,
                               const struct pick_out *out)
{
    return out->fill->print(out->fill->cookie, added->field, object, out->place);
}

static void add_key(struct text key, bool *has_any, struct pick_out *out)
{
    pieces_add(out->pieces, *has_any ? key : (struct text){key.at + 1, key.len - 1});
    *has_any = true;
}

static void add_computed(const struct pick *pick, struct json object, bool *has_any,
                         struct pick_out *out)
{
    for (size_t i = 0; i < added_count(pick, out); i++) {
        struct text value = print_added(&pick->added[i], object, out);
        add_key(pick->added[i].key, has_any, out);
        pieces_add(out->pieces, value);
    }
}

/* An item of ${list}. Its place is the number of items before it, also of those in the same list of
 * an earlier object. */
static void add_item(const struct pick *list, struct json item, struct pick_out *out)
{
    struct pick_out inside = *out;

    if (list->number > 0 && out->fill != NULL)
        inside.place = out->fill->counts[list->number]++;
    pick_object(list, item, &inside);
}

static void add_value(const struct pick *pick, struct json value, struct pick_out *out)
{
    if (pick_is_leaf(pick))
        pieces_add(out->pieces, json_raw(value));
    else if (pick->is_list)
        pick_list(pick, value, out);
    else
        pick_object(pick, value, out);
}

/* Splicing: what is between the changes stays as the service wrote it. */

static void add_bytes(const char *from, const char *to, struct pick_out *out)
{
    pieces_add(out->pieces, (struct text){from, (size_t)(to - from)});
}

/* The computed member among the first ${count} that has this name; ${count}: none has. */
static size_t added_of(const struct pick *pick, struct text key, size_t count)
{
    bool is_escaped = key.len > 0 && memchr(key.at, '\\', key.len) != NULL;
    size_t i = 0;

    while (i < count && !text_equal(key, pick->added[i].name) &&
           !(is_escaped && json_key_is(key, pick->added[i].name.at)))
        i++;
    return i;
}

/* The object of a splice. ${from} is the first byte that has not been written. */
struct splice {
    const struct pick *pick;
    struct json found[PICK_MEMBERS_MAX]; /* the members that are changed */
    struct text texts[PICK_MEMBERS_MAX]; /* of the computed members */
    bool is_written[PICK_MEMBERS_MAX];
    size_t added_count;
    const char *from;
};

/* A member of the object. One that has the name of a computed member gets its value. Of several
 * members of a name, the last is the one that is read, so only that one is changed. */
static void splice_member(struct splice *splice, struct text key, struct json child,
                          struct pick_out *out)
{
    size_t added = added_of(splice->pick, key, splice->added_count);
    size_t member = member_of(splice->pick, key);
    bool is_added = added < splice->added_count;
    bool is_found = member < splice->pick->member_count && splice->found[member].at == child.at;

    if (!is_added && !is_found)
        return;
    add_bytes(splice->from, child.at, out);
    splice->from = child.at + child.len;
    if (is_found) {
        add_value(&splice->pick->members[member], child, out);
        return;
    }
    pieces_add(out->pieces, splice->texts[added]);
    splice->is_written[added] = true;
}

static void splice_object(const struct pick *pick, struct json object, struct pick_out *out)
{
    struct splice splice;
    const char *end = object.at + object.len - 1;
    bool has_any = false;
    struct json child;

    splice.pick = pick;
    splice.from = object.at;
    splice.added_count = added_count(pick, out);
    find_members(pick, object, splice.found);
    for (size_t i = 0; i < splice.added_count; i++) {
        splice.texts[i] = print_added(&pick->added[i], object, out);
        splice.is_written[i] = false;
    }
    for (struct json_walk walk = json_walk(object); json_walk_next(&walk, &child);) {
        splice_member(&splice, walk.key, child, out);
        has_any = true;
    }
    add_bytes(splice.from, end, out);
    for (size_t i = 0; i < splice.added_count; i++) {
        if (splice.is_written[i])
            continue;
        add_key(pick->added[i].key, &has_any, out);
        pieces_add(out->pieces, splice.texts[i]);
    }
    pieces_add(out->pieces, TEXT("}"));
}

static void splice_list(const struct pick *pick, struct json list, struct pick_out *out)
{
    const char *from = list.at;

    json_each (item, list) {
        add_bytes(from, item.at, out);
        add_item(pick, item, out);
        from = item.at + item.len;
    }
    add_bytes(from, list.at + list.len, out);
}

/* Picking. */

void pick_members(const struct pick *pick, struct json value, bool *has_any, struct pick_out *out)
{
    struct json found[PICK_MEMBERS_MAX];

    must(pick->member_count <= PICK_MEMBERS_MAX);
    if (!json_is(value, JSON_OBJECT))
        return;
    find_members(pick, value, found);
    for (size_t i = 0; i < pick->member_count; i++) {
        if (json_is(found[i], JSON_NONE))
            continue;
        add_key(pick->members[i].key, has_any, out);
        add_value(&pick->members[i], found[i], out);
    }
}

void pick_object(const struct pick *pick, struct json value, struct pick_out *out)
{
    bool has_any = false;

    if (!json_is(value, JSON_OBJECT)) {
        pieces_add(out->pieces, json_raw(value));
        return;
    }
    if (pick->keeps_rest) {
        splice_object(pick, value, out);
        return;
    }
    pieces_add(out->pieces, TEXT("{"));
    pick_members(pick, value, &has_any, out);
    add_computed(pick, value, &has_any, out);
    pieces_add(out->pieces, TEXT("}"));
}

void pick_list(const struct pick *pick, struct json list, struct pick_out *out)
{
    bool has_any = false;

    if (!json_is(list, JSON_ARRAY)) {
        pieces_add(out->pieces, json_raw(list));
        return;
    }
    if (pick->keeps_rest) {
        splice_list(pick, list, out);
        return;
    }
    pieces_add(out->pieces, TEXT("["));
    json_each (item, list) {
        if (has_any)
            pieces_add(out->pieces, TEXT(","));
        add_item(pick, item, out);
        has_any = true;
    }
    pieces_add(out->pieces, TEXT("]"));
}

bool pick_list_fits(struct json list)
{
    json_each (item, list) {
        if (!json_is(item, JSON_OBJECT))
            return false;
    }
    return true;
}
