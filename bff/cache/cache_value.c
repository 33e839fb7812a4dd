/* See cache_value.h. */
#include <endian.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/secret_hash.h"
#include "bff/base/sha256.h"
#include "bff/cache/cache_value.h"
#include "bff/http/field.h"

#define LENGTH_DIGITS ((size_t)6)
#define LENGTH_MOST 999999u
#define TIMES 4
#define TIME_MOST (INT64_MAX / 2) /* nanoseconds; more than a lifetime with its windows can be */

struct head {
    uint16_t status;
    uint8_t must_revalidate;
    uint16_t field_count;
    uint32_t body_len;
    int64_t times[TIMES];
};

void cache_value_digest(struct text key, unsigned char digest[CACHE_VALUE_DIGEST])
{
    sha256_of(key, digest);
}

static uint64_t checksum(struct text bytes)
{
    static const struct secret_hash no_secret;

    return secret_hash_text(&no_secret, bytes);
}

/* Times after another one, and back. The end of all times stays what it is. */

static int64_t after(int64_t ns, int64_t asked_ns)
{
    int64_t difference;

    if (ns == INT64_MAX || __builtin_sub_overflow(ns, asked_ns, &difference))
        return INT64_MAX;
    return difference;
}

static int64_t add(int64_t ns, int64_t asked_ns)
{
    int64_t sum;

    return __builtin_add_overflow(ns, asked_ns, &sum) ? INT64_MAX : sum;
}

/* Writing. */

static char *put(char *at, struct text text)
{
    if (text.len > 0)
        memcpy(at, text.at, text.len);
    return at + text.len;
}

static char *put_number(char *at, uint64_t number, size_t bytes)
{
    uint64_t little = htole64(number);

    memcpy(at, &little, bytes);
    return at + bytes;
}

static char *put_digits(char *at, size_t length)
{
    char digits[TEXT_DIGITS];
    struct text text = text_digits(digits, length + LENGTH_MOST + 1);

    return put(at, (struct text){text.at + 1, LENGTH_DIGITS}); /* without the first digit, a 1 */
}

static struct text body_of(const struct cache_entry *entry)
{
    return entry->body == NULL ? (struct text){0} : entry->body->text;
}

/* Bytes of a value without its path, tags, fields and body. */
static size_t fixed_bytes(void)
{
    return sizeof(CACHE_VALUE_VERSION) - 1 + 2 * LENGTH_DIGITS + CACHE_VALUE_DIGEST +
           sizeof(uint16_t) + 1 + TIMES * sizeof(int64_t) + sizeof(uint16_t) + sizeof(uint32_t) +
           sizeof(uint64_t);
}

/* Returns 0 when it is too much for a value. */
static size_t bytes_for(const struct cache_entry *entry)
{
    size_t bytes = fixed_bytes() + entry->path.len + entry->tags.len + body_of(entry).len;

    if (entry->path.len > LENGTH_MOST || entry->tags.len > LENGTH_MOST ||
        entry->field_count > EXCHANGE_FIELDS_MAX)
        return 0;
    for (size_t i = 0; i < entry->field_count; i++) {
        const struct exchange_field *field = &entry->fields[i];
        if (field->name.len > UINT16_MAX)
            return 0;
        bytes += sizeof(uint16_t) + sizeof(uint32_t) + field->name.len + field->value.len;
    }
    return bytes > CACHE_VALUE_MOST ? 0 : bytes;
}

static char *put_head(char *at, const struct cache_entry *entry)
{
    const int64_t times[TIMES] = {entry->born_ns, entry->fresh_ns, entry->stale_ns,
                                  entry->failed_ns};

    at = put_number(at, (uint64_t)entry->status, sizeof(uint16_t));
    at = put_number(at, entry->must_revalidate, 1);
    for (size_t i = 0; i < TIMES; i++)
        at = put_number(at, (uint64_t)after(times[i], entry->asked_ns), sizeof(uint64_t));
    at = put_number(at, entry->field_count, sizeof(uint16_t));
    return put_number(at, body_of(entry).len, sizeof(uint32_t));
}

static char *put_fields(char *at, const struct cache_entry *entry)
{
    for (size_t i = 0; i < entry->field_count; i++) {
        const struct exchange_field *field = &entry->fields[i];
        at = put_number(at, field->name.len, sizeof(uint16_t));
        at = put_number(at, field->value.len, sizeof(uint32_t));
        at = put(put(at, field->name), field->value);
    }
    return at;
}

struct text cache_value_write(const unsigned char digest[CACHE_VALUE_DIGEST],
                              const struct cache_entry *entry)
{
    size_t len = bytes_for(entry);

    if (len == 0)
        return (struct text){0};
    char *bytes = memory_grow(NULL, len), *at = bytes;
    at = put(at, TEXT(CACHE_VALUE_VERSION));
    at = put_digits(put_digits(at, entry->path.len), entry->tags.len);
    at = put(put(at, entry->path), entry->tags);
    at = put(at, (struct text){(const char *)digest, CACHE_VALUE_DIGEST});
    at = put_fields(put_head(at, entry), entry);
    at = put(at, body_of(entry));
    at = put_number(at, checksum((struct text){bytes, (size_t)(at - bytes)}), sizeof(uint64_t));
    must(at == bytes + len);
    return (struct text){bytes, len};
}

void cache_value_free(struct text bytes) { memory_free((void *)(uintptr_t)bytes.at); }

/* Reading. Each function takes bytes from the beginning of ${*rest}. When there are not enough, the
 * rest becomes absent, and all that is taken after that is absent or zero. */

static struct text take(struct text *rest, size_t len)
{
    struct text taken = {rest->at, len};

    if (rest->at == NULL || len > rest->len) {
        *rest = (struct text){0};
        return *rest;
    }
    *rest = (struct text){rest->at + len, rest->len - len};
    return taken;
}

static uint64_t take_number(struct text *rest, size_t bytes)
{
    struct text taken = take(rest, bytes);
    uint64_t little = 0;

    if (taken.at != NULL)
        memcpy(&little, taken.at, bytes);
    return le64toh(little);
}

static size_t take_digits(struct text *rest)
{
    uint64_t number = 0;

    if (text_number(take(rest, LENGTH_DIGITS), LENGTH_MOST, &number) != 0)
        *rest = (struct text){0};
    return (size_t)number;
}

/* The end, which is the checksum, is cut off. Returns false when it is wrong. */
static bool take_checksum(struct text *bytes)
{
    if (bytes->len < fixed_bytes() || bytes->len > CACHE_VALUE_MOST)
        return false;
    bytes->len -= sizeof(uint64_t);
    struct text end = {bytes->at + bytes->len, sizeof(uint64_t)};
    return take_number(&end, sizeof(uint64_t)) == checksum(*bytes);
}

static struct head take_head(struct text *rest)
{
    struct head head = {.status = (uint16_t)take_number(rest, sizeof(uint16_t))};

    head.must_revalidate = (uint8_t)take_number(rest, 1);
    for (size_t i = 0; i < TIMES; i++)
        head.times[i] = (int64_t)take_number(rest, sizeof(uint64_t));
    head.field_count = (uint16_t)take_number(rest, sizeof(uint16_t));
    head.body_len = (uint32_t)take_number(rest, sizeof(uint32_t));
    return head;
}

/* No response has times that are so far from its request, and with them the differences of times
 * could overflow. */
static bool has_good_times(const struct head *head)
{
    for (size_t i = 0; i < TIMES; i++)
        if (head->times[i] != INT64_MAX &&
            (head->times[i] > TIME_MOST || head->times[i] < -TIME_MOST))
            return false;
    return true;
}

static bool is_good(const struct head *head, const struct cache_value_form *form)
{
    return (head->status == 0 || (head->status >= 200 && head->status <= 599)) &&
           has_good_times(head) && head->must_revalidate <= 1 &&
           head->field_count <= EXCHANGE_FIELDS_MAX && head->body_len <= form->body_most;
}

static bool is_lower(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text_lower_char(text.at[i]) != text.at[i])
            return false;
    return true;
}

/* A field must be one that cache_value_write writes, and that may be sent to a client. */
static bool take_field(struct text *rest, struct exchange_field *field)
{
    size_t name_len = (size_t)take_number(rest, sizeof(uint16_t));
    size_t value_len = (size_t)take_number(rest, sizeof(uint32_t));

    field->name = take(rest, name_len);
    field->value = take(rest, value_len);
    return field->value.at != NULL && field_is_token(field->name) && is_lower(field->name) &&
           !field_is_hop_by_hop(field->name) && field_is_value(field->value);
}

static bool take_fields(struct text *rest, struct exchange_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!take_field(rest, &fields[i]))
            return false;
    return true;
}

/* Returns false for a body that is not JSON, but should be. */
static bool scan(const struct cache_value_form *form, struct value *body)
{
    struct json_scan scan;

    if (form->depth_most == 0)
        return true;
    json_scan_init(&scan, form->depth_most, form->keep_slices);
    bool is_json = json_scan_end(&scan, body->text.at, body->text.len) == 0;
    if (is_json)
        value_take_slices(body, &scan);
    json_scan_free(&scan);
    return is_json;
}

/* An empty body is no value. */
static bool read_body(const struct cache_value_form *form, struct text text, struct value **body)
{
    *body = NULL;
    if (text.len == 0)
        return true;
    *body = value_add(value_new(text.len), text.at, text.len);
    if (scan(form, *body))
        return true;
    value_release(*body);
    return false;
}

static struct cache_entry *make(const struct cache_value_form *form, const struct head *head,
                                const struct cache_entry_parts *parts)
{
    struct cache_entry *entry = cache_entry_new(parts);

    entry->asked_ns = form->asked_ns;
    entry->born_ns = add(head->times[0], form->asked_ns);
    entry->fresh_ns = add(head->times[1], form->asked_ns);
    entry->stale_ns = add(head->times[2], form->asked_ns);
    entry->failed_ns = add(head->times[3], form->asked_ns);
    entry->must_revalidate = head->must_revalidate == 1;
    return entry;
}

/* Reads what follows the digest. Purges look at the tags at the beginning of the value, so they
 * must be those of the fields. */
static struct cache_entry *read_rest(const struct cache_value_form *form, struct text rest,
                                     struct text path, struct text tags)
{
    struct exchange_field fields[EXCHANGE_FIELDS_MAX];
    struct head head = take_head(&rest);
    struct cache_entry_parts parts = {.status = head.status, .fields = fields, .path = path};

    if (rest.at == NULL || !is_good(&head, form) || !take_fields(&rest, fields, head.field_count))
        return NULL;
    parts.field_count = head.field_count;
    struct text body = take(&rest, head.body_len);
    if (body.at == NULL || rest.len > 0 || !read_body(form, body, &parts.body))
        return NULL;
    struct cache_entry *entry = make(form, &head, &parts);
    if (entry->field_count == head.field_count && text_equal(entry->tags, tags))
        return entry;
    cache_entry_release(entry);
    return NULL;
}

struct cache_entry *cache_value_read(const struct cache_value_form *form, struct text bytes)
{
    struct text digest = {(const char *)form->digest, CACHE_VALUE_DIGEST};

    if (!take_checksum(&bytes) ||
        !text_equal(take(&bytes, sizeof(CACHE_VALUE_VERSION) - 1), TEXT(CACHE_VALUE_VERSION)))
        return NULL;
    size_t path_len = take_digits(&bytes), tags_len = take_digits(&bytes);
    struct text path = take(&bytes, path_len), tags = take(&bytes, tags_len);
    if (!text_equal(take(&bytes, CACHE_VALUE_DIGEST), digest))
        return NULL;
    return read_rest(form, bytes, path, tags);
}
