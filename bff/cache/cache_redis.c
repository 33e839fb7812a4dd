/* See cache_redis.h. */
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_redis.h"
#include "bff/cache/cache_redis_script.h"

#define PREFIX "cache:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define HEAD_BYTES 40 /* the scripts add them to a value */

/* Writes the key in Redis, which has the first half of the digest. */
static void write_name(const unsigned char digest[CACHE_VALUE_DIGEST], char name[CACHE_REDIS_NAME])
{
    memcpy(name, PREFIX, PREFIX_LEN);
    text_hex(name + PREFIX_LEN, digest, CACHE_VALUE_DIGEST / 2);
}

/* Asking. */

static struct cache_redis_get *get_of(struct redis_script_call *call)
{
    return H2O_STRUCT_FROM_MEMBER(struct cache_redis_get, call, call);
}

/* True for what the script returns when it has found a value. */
static bool is_value(enum redis_end end, const struct redisReply *reply)
{
    return end == REDIS_REPLY && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
           reply->element[0]->type == REDIS_REPLY_INTEGER && reply->element[0]->integer >= 0 &&
           reply->element[0]->integer < INT64_MAX / CLOCK_MS / 8 &&
           reply->element[1]->type == REDIS_REPLY_STRING;
}

/* The time of the request on this clock: not later than it was, because the age in milliseconds is
 * rounded down, and the reply has been under way for a while. */
static struct cache_entry *read_entry(const struct cache_redis_get *get,
                                      const struct redisReply *reply)
{
    int64_t age_ms = reply->element[0]->integer + 1;
    struct cache_value_form form = {
        .digest = get->digest,
        .body_most = get->ask.body_most,
        .depth_most = get->ask.depth_most,
        .keep_slices = get->ask.keep_slices,
        .asked_ns = get->sent_ns - age_ms * CLOCK_MS,
    };
    struct text bytes = {reply->element[1]->str, reply->element[1]->len};
    struct cache_entry *entry = cache_value_read(&form, bytes);

    if (entry == NULL || !cache_has_invalidated(get->cache, entry))
        return entry;
    cache_entry_release(entry);
    return NULL;
}

static void on_got(struct redis_script_call *call, enum redis_end end,
                   const struct redisReply *reply)
{
    struct cache_redis_get *get = get_of(call);

    get->done(get, is_value(end, reply) ? read_entry(get, reply) : NULL);
}

bool cache_redis_get(struct redis *redis, struct cache *cache, struct cache_redis_get *get,
                     const struct cache_redis_ask *ask)
{
    if (redis == NULL || !redis_is_up(redis))
        return false;
    cache_value_digest(ask->key, get->digest);
    write_name(get->digest, get->name);
    get->cache = cache;
    get->ask = *ask;
    get->ask.key = (struct text){0};
    get->sent_ns = clock_now_ns();
    get->name_text = (struct text){get->name, sizeof(get->name)};
    get->most_text = text_digits(get->most, CACHE_VALUE_MOST + HEAD_BYTES);
    get->texts = (struct redis_script_texts){&get->name_text, 1, &get->most_text, 1};
    get->call.done = on_got;
    return redis_script_run(redis, &get->call, cache_redis_script_get(), &get->texts, 0);
}

void cache_redis_cancel(struct cache_redis_get *get) { redis_script_cancel(&get->call); }

/* Storing. */

enum { VALUE, LIFE_MS, ELAPSED_MS, PATH, TAGS, ARGS };

/* A command that stores a value. It has memory of its own, because nobody waits for its end. */
struct set {
    struct redis_script_call call;
    struct redis_script_texts texts;
    struct text name_text, args[ARGS];
    char name[CACHE_REDIS_NAME], life[TEXT_DIGITS], elapsed[TEXT_DIGITS];
    unsigned char digest[CACHE_VALUE_DIGEST];
    struct cache_entry *entry; /* with a reference: two arguments are its texts */
};

static void free_set(struct set *set)
{
    cache_entry_release(set->entry);
    cache_value_free(set->args[VALUE]);
    memory_free(set);
}

static void on_set(struct redis_script_call *call, enum redis_end end,
                   const struct redisReply *reply)
{
    free_set(H2O_STRUCT_FROM_MEMBER(struct set, call, call));
}

/* Returns for how many milliseconds the entry can be used; 0: it cannot. */
static uint64_t life_ms(const struct cache_entry *entry, int64_t now_ns)
{
    int64_t until_ns = cache_entry_last_ns(entry);

    return until_ns <= now_ns ? 0 : (uint64_t)((until_ns - now_ns) / CLOCK_MS);
}

/* The time since the request is rounded up, so that no purge is missed. */
static void fill(struct set *set, const struct cache_entry *entry, int64_t now_ns)
{
    int64_t elapsed_ms = (now_ns - entry->asked_ns) / CLOCK_MS + 1;

    set->name_text = (struct text){set->name, sizeof(set->name)};
    set->args[LIFE_MS] = text_digits(set->life, life_ms(entry, now_ns));
    set->args[ELAPSED_MS] = text_digits(set->elapsed, (uint64_t)elapsed_ms);
    set->args[PATH] = entry->path;
    set->args[TAGS] = entry->tags.at == NULL ? TEXT("") : entry->tags;
    set->texts = (struct redis_script_texts){&set->name_text, 1, set->args, ARGS};
    set->call.done = on_set;
}

static bool is_worth_it(struct cache *cache, const struct cache_redis_ask *ask,
                        struct cache_entry *entry, int64_t now_ns)
{
    return life_ms(entry, now_ns) > 0 && !cache_has_invalidated(cache, entry) &&
           (entry->body == NULL || entry->body->text.len <= ask->body_most);
}

void cache_redis_set(struct redis *redis, struct cache *cache, const struct cache_redis_ask *ask,
                     struct cache_entry *entry)
{
    int64_t now_ns = clock_now_ns();

    if (redis == NULL || !redis_is_up(redis) || !is_worth_it(cache, ask, entry, now_ns))
        return;
    struct set *set = memory_new(sizeof(*set));
    cache_value_digest(ask->key, set->digest);
    write_name(set->digest, set->name);
    set->entry = cache_entry_hold(entry);
    set->args[VALUE] = cache_value_write(set->digest, entry);
    fill(set, entry, now_ns);
    if (set->args[VALUE].at == NULL ||
        !redis_script_run(redis, &set->call, cache_redis_script_set(), &set->texts, 0))
        free_set(set);
}
