/* For tests of the second level of the cache: a real redis-server, and what asks it. */
#ifndef TESTS_UNIT_CACHE_REDIS_STAGE_H
#define TESTS_UNIT_CACHE_REDIS_STAGE_H

#include "bff/cache/cache_redis.h"

#include "tests/unit/redis_process.h"
#include "tests/unit/redis_stage.h"

static struct redis_process server;
static struct redis *redis;
static struct cache *cache;

/* A question and what came of it. */
struct question {
    struct cache_redis_get get;
    struct cache_entry *entry;
    unsigned ends;
};

static inline void on_done(struct cache_redis_get *get, struct cache_entry *entry)
{
    struct question *question = H2O_STRUCT_FROM_MEMBER(struct question, get, get);

    question->entry = entry;
    question->ends++;
}

static inline struct cache_redis_ask ask_for(const char *key)
{
    return (struct cache_redis_ask){.key = text_of(key), .body_most = 1000};
}

static inline bool ask(struct question *question, const char *key)
{
    struct cache_redis_ask what = ask_for(key);

    *question = (struct question){.get = {.done = on_done}};
    bool is_sent = cache_redis_get(redis, cache, &question->get, &what);
    assert_int_equal(question->ends, 0); /* never from inside */
    return is_sent;
}

/* Returns what is in Redis for ${key}; NULL: a miss. */
static inline struct cache_entry *got(const char *key)
{
    struct question question;

    assert_true(ask(&question, key));
    stage_until(question.ends > 0);
    assert_int_equal(question.ends, 1);
    return question.entry;
}

static inline bool has(const char *key)
{
    struct cache_entry *entry = got(key);

    cache_entry_release(entry);
    return entry != NULL;
}

/* An entry that was asked for ${ago_ms} ago, and is fresh for a minute. */
static inline struct cache_entry *sample(const char *path, const char *tags, int64_t ago_ms)
{
    struct exchange_field fields[] = {{TEXT("Cache-Tag"), text_of(tags)}};
    struct cache_entry *entry = cache_entry_new(&(struct cache_entry_parts){
        200, fields, tags == NULL ? 0 : 1, value_add(value_new(5), "hello", 5), text_of(path)});

    entry->asked_ns = clock_now_ns() - ago_ms * CLOCK_MS;
    entry->born_ns = entry->asked_ns;
    entry->fresh_ns = entry->asked_ns + 60 * CLOCK_S;
    return entry;
}

/* Stores it, and waits until it is there. */
static inline void set(const char *key, struct cache_entry *entry)
{
    struct cache_redis_ask what = ask_for(key);

    cache_redis_set(redis, cache, &what, entry);
    cache_entry_release(entry);
    assert_string_equal(stage_ask(redis, "PING"), "PONG");
}

static inline void set_path(const char *path) { set(path, sample(path, NULL, 5)); }

static inline void count_told(struct cache_redis_purge *purge, bool is_told)
{
    assert_true(is_told);
}

/* The clock of Redis has milliseconds, and what was asked in that of a purge is purged. */
static inline void purge(enum cache_purge_kind kind, const char *what)
{
    struct cache_redis_purge run = {.done = count_told};
    struct cache_purge purge = {kind, text_of(what)};

    assert_true(cache_redis_purge_run(redis, &run, &purge, TEXT("channel"), TEXT("message")));
    assert_string_equal(stage_ask(redis, "PING"), "PONG");
    stage_wait(3);
}

/* The only value that there is, with its name. */
static inline const char *name(void)
{
    static char copy[256];

    return strcpy(copy, stage_ask(redis, "EVAL return(redis.call('KEYS','cache:[0-9a-f]*')[1]) 0"));
}

static inline const char *command(const char *format, const char *with)
{
    char words[256];

    snprintf(words, sizeof(words), format, with);
    return stage_ask(redis, words);
}

static inline int begin(void **state)
{
    stage_begin(state);
    stage_start(&server, "");
    stage.settings.timeout_ms = 1000; /* a test may run on a busy machine */
    redis = stage_redis_up();
    cache = cache_hold(stage.registry, (struct text){0});
    return 0;
}

static inline int end(void **state)
{
    registry_release(cache);
    redis_free(redis);
    redis_process_end(&server);
    return stage_end(state);
}

#endif
