/* See registry.h. */
#include <pthread.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"

#define LINE_BYTES 64 /* size of a cache line: two objects must not share one */

/* The header of an object: it is in memory directly before the object. */
struct entry {
    struct registry *registry __attribute__((aligned(LINE_BYTES)));
    struct entry *next, **link; /* ${link} is the address of the pointer to this entry */
    const struct registry_kind *kind;
    struct text name; /* its bytes are behind the object */
    size_t references;
};

struct registry {
    pthread_mutex_t lock;
    struct entry *entries;
};

static struct registry of_process = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct registry *registry_of_process(void) { return &of_process; }

static void lock(struct registry *registry) { must(pthread_mutex_lock(&registry->lock) == 0); }

static void unlock(struct registry *registry) { must(pthread_mutex_unlock(&registry->lock) == 0); }

static void *object_of(struct entry *entry) { return entry + 1; }

static struct entry *entry_of(void *object) { return (struct entry *)object - 1; }

static struct entry *find(struct registry *registry, const struct registry_kind *kind,
                          struct text name)
{
    struct entry *entry = registry->entries;

    while (entry != NULL && (entry->kind != kind || !text_equal(entry->name, name)))
        entry = entry->next;
    return entry;
}

static void insert(struct registry *registry, struct entry *entry)
{
    entry->registry = registry;
    entry->next = registry->entries;
    entry->link = &registry->entries;
    if (entry->next != NULL)
        entry->next->link = &entry->next;
    registry->entries = entry;
}

static void take_out(struct entry *entry)
{
    *entry->link = entry->next;
    if (entry->next != NULL)
        entry->next->link = entry->link;
}

static struct entry *make(struct registry *registry, const struct registry_kind *kind,
                          struct text name)
{
    size_t bytes = sizeof(struct entry) + kind->bytes;
    struct entry *entry = memory_new_aligned(LINE_BYTES, bytes + name.len);
    char *copy = (char *)entry + bytes;

    if (name.len > 0)
        memcpy(copy, name.at, name.len);
    entry->kind = kind;
    entry->name = (struct text){copy, name.len};
    insert(registry, entry);
    if (kind->init != NULL)
        kind->init(object_of(entry), entry->name);
    return entry;
}

void *registry_hold(struct registry *registry, const struct registry_kind *kind, struct text name)
{
    lock(registry);
    struct entry *entry = find(registry, kind, name);
    if (entry == NULL)
        entry = make(registry, kind, name);
    entry->references++;
    unlock(registry);
    return object_of(entry);
}

void *registry_hold_again(void *object)
{
    struct entry *entry = entry_of(object);

    lock(entry->registry);
    must(entry->references > 0);
    entry->references++;
    unlock(entry->registry);
    return object;
}

static void end(struct entry *entry)
{
    take_out(entry);
    if (entry->kind->dispose != NULL)
        entry->kind->dispose(object_of(entry));
    memory_free(entry);
}

void registry_release(void *object)
{
    if (object == NULL)
        return;
    struct entry *entry = entry_of(object);
    struct registry *registry = entry->registry;

    lock(registry);
    must(entry->references > 0);
    if (--entry->references == 0)
        end(entry);
    unlock(registry);
}

size_t registry_count(struct registry *registry, const struct registry_kind *kind)
{
    size_t count = 0;

    lock(registry);
    for (const struct entry *entry = registry->entries; entry != NULL; entry = entry->next)
        count += entry->kind == kind;
    unlock(registry);
    return count;
}

struct registry *registry_new(void)
{
    struct registry *registry = memory_new(sizeof(*registry));

    must(pthread_mutex_init(&registry->lock, NULL) == 0);
    return registry;
}

void registry_free(struct registry *registry)
{
    if (registry == NULL)
        return;
    must(registry->entries == NULL && registry != &of_process);
    pthread_mutex_destroy(&registry->lock);
    memory_free(registry);
}
