/*
 * See cache_entry.h. An entry is one block of memory: the struct, the fields, and then their bytes,
 * the path, Vary and the tags.
 */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_entry.h"
#include "bff/cache/cache_path.h"

#define SEPARATOR_BYTES 2

/* Where the next bytes of the block go. */
struct writer {
    char *at;
};

static bool is_named(const struct exchange_field *field, const char *name)
{
    return text_equal_nocase(field->name, text_of(name));
}

static bool is_tag_field(const struct exchange_field *field)
{
    return is_named(field, "cache-tag") || is_named(field, "surrogate-key");
}

static bool is_kept(const struct exchange_field *field)
{
    return field->name.at != NULL && !is_named(field, "set-cookie");
}

/* Bytes for the texts of all fields. The values of Vary and of the tags are there twice. */
static size_t text_bytes(const struct cache_entry_parts *parts)
{
    size_t bytes = parts->path.len;

    for (size_t i = 0; i < parts->field_count; i++) {
        const struct exchange_field *field = &parts->fields[i];
        if (!is_kept(field))
            continue;
        bytes += field->name.len + field->value.len;
        if (is_named(field, "vary") || is_tag_field(field))
            bytes += field->value.len + SEPARATOR_BYTES;
    }
    return bytes;
}

static struct text write_text(struct writer *writer, struct text text)
{
    struct text copy = {text.at == NULL ? NULL : writer->at, text.len};

    if (text.len > 0)
        memcpy(writer->at, text.at, text.len);
    writer->at += text.len;
    return copy;
}

static struct text write_path(struct writer *writer, struct text path)
{
    struct text copy = {path.at == NULL ? NULL : writer->at, cache_path_write(writer->at, path)};

    writer->at += copy.len;
    return copy;
}

static struct text write_lower(struct writer *writer, struct text text)
{
    struct text lower = text_lower(writer->at, text);

    writer->at += text.len;
    return lower;
}

/* Adds a value of Vary to the list. */
static void add_vary(struct writer *writer, struct cache_entry *entry, struct text value)
{
    if (entry->vary.at == NULL)
        entry->vary.at = writer->at;
    else
        write_text(writer, TEXT(", "));
    write_lower(writer, value);
    entry->vary.len = (size_t)(writer->at - entry->vary.at);
}

/* Adds the tags of a value. Cache-Tag separates them by commas, Surrogate-Key by blanks. */
static void add_tags(struct writer *writer, struct cache_entry *entry, struct text value)
{
    if (entry->tags.at == NULL)
        entry->tags.at = writer->at;
    else
        write_text(writer, TEXT(" "));
    for (size_t i = 0; i < value.len; i++)
        *writer->at++ = (char)(value.at[i] == ',' || value.at[i] == '\t' ? ' ' : value.at[i]);
    entry->tags.len = (size_t)(writer->at - entry->tags.at);
}

static void copy_fields(struct writer *writer, struct cache_entry *entry,
                        const struct cache_entry_parts *parts, struct exchange_field *out)
{
    for (size_t i = 0; i < parts->field_count; i++)
        if (is_kept(&parts->fields[i]))
            out[entry->field_count++] = (struct exchange_field){
                write_lower(writer, parts->fields[i].name),
                write_text(writer, parts->fields[i].value),
            };
    entry->fields = out;
}

/* Lists are written when all fields have been, so that the bytes of a list are not interrupted. */
static void find_validators(struct cache_entry *entry)
{
    for (size_t i = 0; i < entry->field_count; i++) {
        const struct exchange_field *field = &entry->fields[i];
        if (is_named(field, "etag"))
            entry->etag = field->value;
        else if (is_named(field, "last-modified"))
            entry->last_modified = field->value;
    }
}

static void find_lists(struct writer *writer, struct cache_entry *entry)
{
    for (size_t i = 0; i < entry->field_count; i++)
        if (is_named(&entry->fields[i], "vary"))
            add_vary(writer, entry, entry->fields[i].value);
    for (size_t i = 0; i < entry->field_count; i++)
        if (is_tag_field(&entry->fields[i]))
            add_tags(writer, entry, entry->fields[i].value);
}

static size_t body_bytes(const struct value *body)
{
    return body == NULL ? 0
                        : sizeof(*body) + body->capacity +
                              body->slices.capacity * sizeof(body->slices.rows[0]);
}

struct cache_entry *cache_entry_new(const struct cache_entry_parts *parts)
{
    size_t head = sizeof(struct cache_entry) + parts->field_count * sizeof(struct exchange_field);
    size_t bytes = head + text_bytes(parts);
    struct cache_entry *entry = memory_new(bytes);
    struct exchange_field *fields = (struct exchange_field *)(entry + 1);
    struct writer writer = {(char *)entry + head};

    atomic_init(&entry->references, 1);
    entry->bytes = bytes + body_bytes(parts->body);
    entry->status = parts->status;
    entry->body = parts->body;
    copy_fields(&writer, entry, parts, fields);
    entry->path = write_path(&writer, parts->path);
    find_validators(entry);
    find_lists(&writer, entry);
    must(writer.at <= (char *)entry + bytes);
    return entry;
}

void cache_entry_set_body(struct cache_entry *entry, struct value *body)
{
    must(entry->body == NULL);
    entry->body = body;
    entry->bytes += body_bytes(body);
}

int64_t cache_entry_last_ns(const struct cache_entry *entry)
{
    int64_t last_ns = entry->fresh_ns;

    if (last_ns < entry->stale_ns)
        last_ns = entry->stale_ns;
    return last_ns < entry->failed_ns ? entry->failed_ns : last_ns;
}

/* The caller has a reference already, or is announced in a cell (cache_cell.h). */
struct cache_entry *cache_entry_hold(struct cache_entry *entry)
{
    atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
    return entry;
}

void cache_entry_release(struct cache_entry *entry)
{
    if (entry == NULL || atomic_fetch_sub(&entry->references, 1) > 1)
        return;
    value_release(entry->body);
    memory_free(entry);
}
