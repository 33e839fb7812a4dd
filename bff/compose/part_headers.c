/* See part_headers.h. */
#include <string.h>

#include "bff/compose/part_headers.h"
#include "bff/http/field.h"

/* Fields that this server writes itself, or that describe the whole answer. */
static const char *const ours[] = {
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "authentication-info",
    "cache-control",
    "cache-status",
    "expires",
    "last-modified",
    "pragma",
    "proxy-status",
    "retry-after",
    "server-timing",
    "strict-transport-security",
    "surrogate-control",
    "trailer",
    "vary",
    "via",
    "www-authenticate",
    "x-accel-buffering",
    "x-frame-options",
    "location",
};

static const char *const ours_start[] = {"access-control-", "content-",   "cross-origin-",
                                         "proxy-",          "x-content-", "x-ratelimit-",
                                         "ratelimit"};

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strcmp(name, ours[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof(ours_start) / sizeof(ours_start[0]); i++)
        if (strncmp(name, ours_start[i], strlen(ours_start[i])) == 0)
            return true;
    return !field_may_return(text_of(name));
}

bool part_headers_has(const struct part_headers_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->rows[i], name) == 0)
            return true;
    return false;
}

static const char *lower(struct pool *pool, struct text name)
{
    char *copy = pool_zero(pool, name.len + 1);

    text_lower(copy, name);
    return copy;
}

/* Adds ${word}. Returns NULL, or a sentence about what is wrong with it. */
static const char *add_name(struct pool *pool, struct text word, struct part_headers_names *out)
{
    const char *name = lower(pool, word);

    if (!field_is_token(word))
        return pool_print(pool, "\"%s\" is no name of a field: names are separated by spaces", name)
            .at;
    if (is_ours(name))
        return pool_print(pool,
                          "\"%s\" is a field of the whole answer, which this server writes itself",
                          name)
            .at;
    if (part_headers_has(out, name))
        return NULL;
    if (out->count == PART_HEADERS_MAX)
        return "there are more than 16 names";
    out->rows[out->count++] = name;
    return NULL;
}

const char *part_headers_read(struct pool *pool, const char *list, struct part_headers_names *out)
{
    struct text rest = text_of(list);
    size_t count = 0;

    if (out->rows == NULL)
        out->rows = pool_zero(pool, PART_HEADERS_MAX * sizeof(*out->rows));
    while (rest.at != NULL) {
        struct text word = text_cut(&rest, ' ');
        if (word.len == 0)
            continue;
        const char *wrong = add_name(pool, word, out);
        if (wrong != NULL)
            return wrong;
        count++;
    }
    return count == 0 ? "it names no field" : NULL;
}

/* Returns the name of ${field} as ${names} has it; NULL: it is not among them. */
static const char *name_of(const struct part_headers_names *names, struct text field)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_equal_nocase(text_of(names->rows[i]), field))
            return names->rows[i];
    return NULL;
}

void part_headers_keep(struct part_headers_kept *kept, const struct exchange_head *head)
{
    kept->count = kept->bytes = 0;
    for (size_t i = 0; i < head->field_count && kept->count < PART_HEADERS_MAX; i++) {
        struct text value = text_trim(head->fields[i].value);
        const char *name = name_of(kept->names, head->fields[i].name);
        if (name == NULL || !field_is_value(value) || kept->bytes + value.len > PART_HEADERS_BYTES)
            continue;
        kept->bytes += value.len;
        kept->rows[kept->count++] = (struct part_headers_field){name, pool_text(kept->pool, value)};
    }
}
