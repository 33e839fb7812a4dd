/* See cache_vary.h. */
#include <stdlib.h>

#include "bff/base/text_builder.h"
#include "bff/cache/cache_vary.h"

static bool knows(const struct text *known, struct text name)
{
    for (; known != NULL && known->at != NULL; known++)
        if (text_equal_nocase(*known, name))
            return true;
    return false;
}

bool cache_vary_is_covered(struct text vary, const struct text *known)
{
    while (vary.at != NULL) {
        struct text name = text_trim(text_cut(&vary, ','));
        if (name.len > 0 && !knows(known, name))
            return false;
    }
    return true;
}

static int compare(const void *one, const void *other)
{
    const struct text *a = one, *b = other;
    int order = memcmp(a->at, b->at, a->len < b->len ? a->len : b->len);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* Returns the place after the quoted text that begins at ${open}. */
static size_t quoted_end(struct text value, size_t open)
{
    size_t at = open + 1;

    while (at < value.len && value.at[at] != '"')
        at += value.at[at] == '\\' ? 2 : 1;
    return at < value.len ? at + 1 : value.len;
}

/* Adds the item of a list that begins at ${at}, without the blanks around it. Returns the place of
 * the comma after it, or the end. */
static size_t add_item(struct text_builder *out, struct text value, size_t at)
{
    size_t end = at;

    while (end < value.len && value.at[end] != ',')
        end = value.at[end] == '"' ? quoted_end(value, end) : end + 1;
    text_builder_add(out, text_trim((struct text){value.at + at, end - at}));
    return end;
}

/* Adds ${value} without the blanks around the commas that are not in quotes. */
static void add_value(struct text_builder *out, struct text value)
{
    size_t at = add_item(out, value, 0);

    while (at < value.len) {
        text_builder_add(out, TEXT(","));
        at = add_item(out, value, at + 1);
    }
}

static void add_counted(struct text_builder *out, struct text text)
{
    text_builder_size(out, text.len);
    text_builder_add(out, TEXT(":"));
    text_builder_add(out, text);
}

/* Adds a field of ${request}: "3:foo3:bar", or "3:foo-" when it is absent. */
static void add_field(struct pool *pool, struct text_builder *out, struct text name,
                      const struct cache_request *request)
{
    struct text value = request->field(request->cookie, name.at);
    struct text_builder plain;

    add_counted(out, name);
    if (value.at == NULL) {
        text_builder_add(out, TEXT("-"));
        return;
    }
    text_builder_init(&plain, pool, value.len);
    add_value(&plain, value);
    add_counted(out, text_builder_text(&plain));
}

/* ${names} are in lower case, and each one is followed by a NUL. */
static struct text values_of(struct pool *pool, struct text *names, size_t count,
                             const struct cache_request *request)
{
    struct text_builder out;

    if (count == 0)
        return (struct text){0};
    qsort(names, count, sizeof(*names), compare);
    text_builder_init(&out, pool, 256);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !text_equal(names[i - 1], names[i]))
            add_field(pool, &out, names[i], request);
    return text_builder_text(&out);
}

static struct text lower_copy(struct pool *pool, struct text name)
{
    return text_lower(pool_zero(pool, name.len + 1), name);
}

struct text cache_vary_values(struct pool *pool, struct text vary,
                              const struct cache_request *request)
{
    size_t count = 0;
    struct text *names = pool_take(pool, (vary.len / 2 + 1) * sizeof(*names));

    while (vary.at != NULL) {
        struct text name = text_trim(text_cut(&vary, ','));
        if (name.len > 0)
            names[count++] = lower_copy(pool, name);
    }
    return values_of(pool, names, count, request);
}

struct text cache_vary_rule_values(struct pool *pool, const struct text *names,
                                   const struct cache_request *request)
{
    size_t count = 0;
    struct text *copies;

    while (names != NULL && names[count].at != NULL)
        count++;
    copies = pool_take(pool, (count + 1) * sizeof(*copies));
    for (size_t i = 0; i < count; i++)
        copies[i] = lower_copy(pool, names[i]);
    return values_of(pool, copies, count, request);
}
