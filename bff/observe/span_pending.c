/* See span_pending.h. */
#include <h2o.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/observe/span_pending.h"

#define KEY_DIGITS ((size_t)14) /* of an id: without its last byte */
#define BUCKETS 256
#define TEXT_BYTES 768 /* for the texts of one span */

struct entry {
    h2o_linklist_t by_key; /* in its bucket */
    h2o_linklist_t by_age; /* in used, or in unused */
    struct span span;
    char key[KEY_DIGITS];
    char texts[TEXT_BYTES];
};

struct span_pending {
    h2o_linklist_t buckets[BUCKETS];
    h2o_linklist_t used;   /* the oldest one is the first */
    h2o_linklist_t unused; /* the one that was used last is the first: little memory is touched */
    struct entry entries[SPAN_PENDING_MAX];
};

static struct entry *of_age(h2o_linklist_t *link)
{
    return H2O_STRUCT_FROM_MEMBER(struct entry, by_age, link);
}

struct span_pending *span_pending_new(void)
{
    struct span_pending *pending = memory_new(sizeof(*pending));

    for (size_t i = 0; i < BUCKETS; i++)
        h2o_linklist_init_anchor(&pending->buckets[i]);
    h2o_linklist_init_anchor(&pending->used);
    h2o_linklist_init_anchor(&pending->unused);
    for (size_t i = 0; i < SPAN_PENDING_MAX; i++)
        h2o_linklist_insert(&pending->unused, &pending->entries[i].by_age);
    return pending;
}

void span_pending_free(struct span_pending *pending) { memory_free(pending); }

/* The id is random, so its last digits are a hash. */
static h2o_linklist_t *bucket_of(struct span_pending *pending, const char *key)
{
    unsigned hash = 0;

    for (size_t i = KEY_DIGITS - 4; i < KEY_DIGITS; i++)
        hash = hash * 16 + (unsigned)(key[i] <= '9' ? key[i] - '0' : key[i] - 'a' + 10);
    return &pending->buckets[hash % BUCKETS];
}

static void put_back(struct span_pending *pending, struct entry *entry)
{
    h2o_linklist_unlink(&entry->by_key);
    h2o_linklist_unlink(&entry->by_age);
    h2o_linklist_insert(pending->unused.next, &entry->by_age);
}

static struct entry *take_entry(struct span_pending *pending)
{
    if (h2o_linklist_is_empty(&pending->unused))
        put_back(pending, of_age(pending->used.next));
    struct entry *entry = of_age(pending->unused.next);
    h2o_linklist_unlink(&entry->by_age);
    return entry;
}

void span_pending_add(struct span_pending *pending, const struct span *span)
{
    struct entry *entry = take_entry(pending);

    must(span->parent.len > KEY_DIGITS);
    span_copy(&entry->span, span, entry->texts, sizeof(entry->texts));
    memcpy(entry->key, span->parent.at, KEY_DIGITS);
    h2o_linklist_insert(bucket_of(pending, entry->key), &entry->by_key);
    h2o_linklist_insert(&pending->used, &entry->by_age);
}

void span_pending_take(struct span_pending *pending, struct text id,
                       void (*each)(void *cookie, const struct span *span), void *cookie)
{
    h2o_linklist_t *bucket, *next;

    must(id.len > KEY_DIGITS);
    bucket = bucket_of(pending, id.at);
    for (h2o_linklist_t *at = bucket->next; at != bucket; at = next) {
        struct entry *entry = H2O_STRUCT_FROM_MEMBER(struct entry, by_key, at);
        next = at->next;
        if (memcmp(entry->key, id.at, KEY_DIGITS) != 0)
            continue;
        if (each != NULL)
            each(cookie, &entry->span);
        put_back(pending, entry);
    }
}
