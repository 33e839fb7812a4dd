/* Reads the paths of a pick, and puts computed members into it, at start. See pick.h. */
#include <string.h>

#include "bff/compose/pick.h"

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

/* True when ${name} has no byte that JSON must escape, because it is printed unchanged. Brackets,
 * braces and the like are refused, because they belong to the paths of other languages. */
static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < 0x20 || strchr("\"\\[]{}()';*", name.at[i]) != NULL)
            return false;
    return text_is_utf8(name);
}

static bool has(struct text text, const char *part)
{
    return memmem(text.at, text.len, part, strlen(part)) != NULL;
}

/* Returns what is wrong with ${path} as a whole, as a format for it; NULL: nothing. */
static const char *wrong_with(struct text path)
{
    if (has(path, ","))
        return "\"%.*s\" is no path: names are separated by spaces, not commas";
    if (path.len >= 2 && memcmp(path.at, "[]", 2) == 0)
        return "\"%.*s\" begins with []: write the names alone. BFF_LIST or .many already applies "
               "them to each item";
    if (path.len >= 2 && memcmp(path.at + path.len - 2, "[]", 2) == 0)
        return "\"%.*s\" ends with []: write the name alone for the whole list, or a member of its "
               "items behind a dot";
    if (path.at[0] == '.' || path.at[path.len - 1] == '.' || has(path, ".."))
        return "\"%.*s\" has a dot without a name on both sides";
    return NULL;
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

    if (wrong_with(path) != NULL) {
        mistake(reader, wrong_with(path), path);
        return;
    }
    for (struct text rest = path; rest.at != NULL && at != NULL;) {
        bool is_list;
        struct text name = read_step(&rest, &is_list);
        bool is_last = rest.at == NULL;
        if (!is_name(name)) {
            mistake(reader, "\"%.*s\" is no path. This is one: items[].price", path);
            return;
        }
        at = step_into(reader, at, name, is_last);
        if (at != NULL && at->members != NULL && at->is_list != is_list)
            mistake(reader, "\"%.*s\" stands with [] and without", name);
        if (at != NULL)
            at->is_list = is_list;
    }
}

struct pick *pick_read(struct pool *pool, const char *paths, const char **wrong)
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

/* Computed members. */

struct pick *pick_whole(struct pool *pool)
{
    struct pick *pick = pool_zero(pool, sizeof(*pick));

    pick->keeps_rest = true;
    return pick;
}

/* The member of ${parent} that is on the way to a computed member. A member that was kept as a
 * whole still keeps all its bytes. */
static struct pick *way_through(struct reader *reader, struct pick *parent, struct text name,
                                bool is_list)
{
    struct pick *known = find_member(parent->members, parent->member_count, name);

    if (known == NULL && !parent->keeps_rest) {
        mistake(reader, ".pick leaves \"%.*s\" out: add it there", name);
        return NULL;
    }
    if (known == NULL)
        known = add_member(reader, parent, name);
    if (known == NULL)
        return NULL;
    if (pick_is_leaf(known)) {
        known->keeps_rest = true;
        known->is_list = is_list;
    }
    if (known->is_list != is_list)
        mistake(reader, "\"%.*s\" stands with [] and without", name);
    return known;
}

static bool has_added(const struct pick *pick, struct text name)
{
    for (size_t i = 0; i < pick->added_count; i++)
        if (text_equal(pick->added[i].name, name))
            return true;
    return false;
}

static void add_computed(struct reader *reader, struct pick *parent, struct text name, size_t field)
{
    if (find_member(parent->members, parent->member_count, name) != NULL ||
        has_added(parent, name)) {
        mistake(reader, "\"%.*s\" would stand twice", name);
        return;
    }
    if (parent->added == NULL)
        parent->added = pool_zero(reader->pool, PICK_MEMBERS_MAX * sizeof(*parent->added));
    if (parent->added_count == PICK_MEMBERS_MAX) {
        mistake(reader, "\"%.*s\" is one member too many for one object", name);
        return;
    }
    parent->added[parent->added_count++] = (struct pick_added){
        .name = pool_text(reader->pool, name),
        .key = pool_print(reader->pool, ",\"%.*s\":", TEXT_ARGS(name)),
        .field = field,
    };
}

static void number_list(struct pick *root, struct pick *list)
{
    if (list->is_list && list->number == 0)
        list->number = ++root->list_count;
}

const char *pick_add(struct pool *pool, struct pick *root, struct text path, size_t field)
{
    struct reader reader = {.pool = pool};
    struct pick *at = root;
    bool is_list;

    number_list(root, root);
    if (wrong_with(path) != NULL)
        mistake(&reader, wrong_with(path), path);
    for (struct text rest = path; rest.at != NULL && reader.wrong == NULL;) {
        struct text name = read_step(&rest, &is_list);
        if (!is_name(name)) {
            mistake(&reader, "\"%.*s\" is no path. This is one: items[].label", path);
        } else if (rest.at == NULL) {
            add_computed(&reader, at, name, field);
        } else if (has_added(at, name)) {
            mistake(&reader, "\"%.*s\" would stand twice", name);
        } else {
            at = way_through(&reader, at, name, is_list);
            if (at != NULL)
                number_list(root, at);
        }
    }
    return reader.wrong;
}
