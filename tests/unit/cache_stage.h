/* A cache with two workers for tests: two loops in one thread, which the test runs step by step. */
#ifndef TESTS_UNIT_CACHE_STAGE_H
#define TESTS_UNIT_CACHE_STAGE_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/cache/cache.h"

#define WORKERS 2
#define MIB ((size_t)1024 * 1024)

struct worker {
    h2o_loop_t *loop;
    struct bell *bell;
    struct cache_reader *reader;
};

static struct {
    struct registry *registry;
    struct cache *cache;
    struct worker workers[WORKERS];
} stage;

static inline void begin_worker(struct worker *worker)
{
    worker->loop = h2o_evloop_create();
    worker->bell = bell_take(stage.registry, worker->loop);
    worker->reader = cache_reader_new(stage.cache, worker->bell);
}

static inline void end_worker(struct worker *worker)
{
    cache_reader_free(worker->reader);
    bell_return(worker->bell);
    h2o_evloop_run(worker->loop, 0);
    h2o_evloop_destroy(worker->loop);
}

static inline int begin_stage(void **state)
{
    stage.registry = registry_new();
    stage.cache = cache_hold(stage.registry, (struct text){0});
    cache_set_limit(stage.cache, MIB);
    for (size_t i = 0; i < WORKERS; i++)
        begin_worker(&stage.workers[i]);
    return 0;
}

static inline int end_stage(void **state)
{
    for (size_t i = 0; i < WORKERS; i++)
        end_worker(&stage.workers[i]);
    registry_release(stage.cache);
    registry_free(stage.registry);
    return 0;
}

static inline void run_workers(void)
{
    for (unsigned round = 0; round < 4; round++)
        for (size_t i = 0; i < WORKERS; i++)
            must(h2o_evloop_run(stage.workers[i].loop, 0) == 0);
}

/* An entry with a body of ${bytes} letters, which was asked for now and is fresh for ever. */
static inline struct cache_entry *make_entry(const char *path, char letter, size_t bytes)
{
    struct value *body = value_new(bytes);
    size_t room;
    char *at = value_room(body, &room);

    memset(at, letter, bytes);
    body = value_add(body, at, bytes);
    struct cache_entry *entry = cache_entry_new(
        &(struct cache_entry_parts){.status = 200, .body = body, .path = text_of(path)});
    entry->asked_ns = entry->born_ns = clock_now_ns();
    entry->fresh_ns = INT64_MAX;
    return entry;
}

static inline struct cache_slot *find(unsigned worker, const char *key)
{
    return cache_find(stage.workers[worker].reader, text_of(key));
}

/* Leads a flight of ${key}, and ends it with ${entry}, whose reference is dropped. */
static inline void store_entry(unsigned worker, const char *key, struct cache_entry *entry)
{
    struct cache_slot *slot = find(worker, key);

    must(cache_slot_lead(slot));
    cache_slot_end(slot, entry);
    cache_slot_release(slot);
    cache_entry_release(entry);
}

static inline void store(unsigned worker, const char *key, char letter)
{
    store_entry(worker, key, make_entry(key, letter, 10));
}

/* Returns the first letter of the body that is stored for ${key}; '-': there is none. */
static inline char stored(unsigned worker, const char *key)
{
    struct cache_slot *slot = find(worker, key);
    struct cache_entry *entry = cache_slot_entry(slot);
    char letter = entry == NULL ? '-' : entry->body->text.at[0];

    cache_entry_release(entry);
    cache_slot_release(slot);
    return letter;
}

#endif
