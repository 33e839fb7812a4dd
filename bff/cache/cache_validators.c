/* See cache_validators.h. */
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_validators.h"

bool cache_validators_exist(const struct cache_entry *entry)
{
    return entry->etag.len > 0 || entry->last_modified.len > 0;
}

void cache_validators_ask(struct text_builder *out, const struct cache_entry *entry)
{
    if (entry->etag.len > 0)
        text_builder_field(out, TEXT("if-none-match"), entry->etag);
    if (entry->last_modified.len > 0)
        text_builder_field(out, TEXT("if-modified-since"), entry->last_modified);
}

bool cache_validators_is_condition(struct text name)
{
    return text_equal_nocase(name, TEXT("if-none-match")) ||
           text_equal_nocase(name, TEXT("if-modified-since"));
}

/* Returns the opaque tag: ${etag} without "W/". */
static struct text opaque(struct text etag)
{
    if (text_starts(etag, TEXT("W/")))
        return (struct text){etag.at + 2, etag.len - 2};
    return etag;
}

static bool is_weak(struct text etag) { return text_starts(etag, TEXT("W/")); }

/*
 * Cuts the first tag from ${*list}. A tag in quotes may have commas, so the list cannot be cut at
 * commas only. A tag without quotes, which some programs send, ends at the comma.
 */
static struct text cut_tag(struct text *list)
{
    struct text rest = text_trim(*list), tag = opaque(rest);
    size_t at = (size_t)(tag.at - rest.at);
    const char *comma, *quote = NULL;

    if (tag.len > 1 && tag.at[0] == '"')
        quote = memchr(tag.at + 1, '"', tag.len - 1);
    if (quote != NULL)
        at = (size_t)(quote + 1 - rest.at);
    comma = at < rest.len ? memchr(rest.at + at, ',', rest.len - at) : NULL;
    *list = (struct text){0};
    if (comma != NULL)
        *list = (struct text){comma + 1, (size_t)(rest.at + rest.len - comma - 1)};
    return text_trim((struct text){rest.at, comma == NULL ? rest.len : (size_t)(comma - rest.at)});
}

bool cache_validators_match(struct text list, struct text etag)
{
    if (text_is(text_trim(list), "*"))
        return true;
    while (list.len > 0) {
        struct text tag = cut_tag(&list);
        if (etag.len > 0 && tag.len > 0 && text_equal(opaque(tag), opaque(etag)))
            return true;
    }
    return false;
}

/* A strong tag identifies only a response with the same strong tag (RFC 9111 section 4.3.4). */
bool cache_validators_agree(const struct cache_entry *entry, const struct exchange_head *head)
{
    struct text etag = cache_field_find(head->fields, head->field_count, "etag");
    struct text modified = cache_field_find(head->fields, head->field_count, "last-modified");

    if (etag.len > 0 && !is_weak(etag))
        return text_equal(etag, entry->etag);
    if (etag.len > 0)
        return text_equal(opaque(etag), opaque(entry->etag));
    return modified.len == 0 || text_equal(modified, entry->last_modified);
}
