/* See cache_policy.h. This file has what a 304 does to an entry. */
#include "bff/base/memory.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_validators.h"
#include "bff/json/value.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* They describe the stored bytes, which do not change (RFC 9111 section 3.2). */
static const char *const of_the_body[] = {"content-length", "content-encoding", "content-range",
                                          "content-md5"};

/* They are about the message that brought them: the age of the entry begins anew. */
static const char *const of_the_message[] = {"age", "date"};

static bool is_among(const char *const *names, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(name, text_of(names[i])))
            return true;
    return false;
}

/* True when the field of the 304 becomes a field of the entry. */
static bool brings(const struct exchange_head *head, struct text name)
{
    return cache_policy_keeps(head, name) && !is_among(of_the_body, COUNT(of_the_body), name);
}

static bool replaces(const struct exchange_head *head, struct text name)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, name))
            return brings(head, name);
    return is_among(of_the_message, COUNT(of_the_message), name);
}

struct cache_entry *cache_policy_update(const struct cache_entry *entry,
                                        const struct exchange_head *head)
{
    struct cache_entry_parts parts = {.status = entry->status, .path = entry->path};
    struct exchange_field *fields;
    struct cache_entry *updated;
    size_t count = 0;

    if (!cache_validators_agree(entry, head))
        return NULL;
    fields = memory_new((entry->field_count + head->field_count + 1) * sizeof(*fields));
    for (size_t i = 0; i < entry->field_count; i++)
        if (!replaces(head, entry->fields[i].name))
            fields[count++] = entry->fields[i];
    for (size_t i = 0; i < head->field_count; i++)
        if (brings(head, head->fields[i].name))
            fields[count++] = head->fields[i];
    parts.fields = fields;
    parts.field_count = count;
    if (entry->body != NULL)
        parts.body = value_hold(entry->body);
    updated = cache_entry_new(&parts);
    memory_free(fields);
    return updated;
}
