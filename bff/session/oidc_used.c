/* See oidc_used.h. */
#include <stdatomic.h>
#include <string.h>

#include "bff/base/secret_hash.h"
#include "bff/base/sha256.h"

#include "bff/session/oidc_used.h"

#define BUCKETS ((size_t)4096) /* a power of 2 */
#define PLACES 16              /* of a bucket */
#define REDIS_PREFIX "login:used:"

/* A place is a number: the time at which it ends, in its upper half, and 32 bits of the hash. So it
 * is read and replaced at once. 0: nothing. */
struct oidc_used {
    struct secret_hash secret;
    _Atomic uint64_t places[BUCKETS][PLACES];
};

static void init(void *object, struct text name)
{
    (void)name;
    secret_hash_seed(&((struct oidc_used *)object)->secret);
}

static const struct registry_kind kind = {.bytes = sizeof(struct oidc_used), .init = init};

struct oidc_used *oidc_used_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, TEXT("used"));
}

void oidc_used_release(struct oidc_used *used) { registry_release(used); }

static uint64_t ends_of(uint64_t place) { return place >> 32; }

/* Finds the place that ends first, and its value. Returns NULL when the bucket has ${tag}. */
static _Atomic uint64_t *find(_Atomic uint64_t *bucket, uint64_t tag, uint64_t now, uint64_t *value)
{
    _Atomic uint64_t *best = NULL;

    for (size_t i = 0; i < PLACES; i++) {
        uint64_t place = atomic_load(&bucket[i]);
        if (ends_of(place) > now && (place & UINT32_MAX) == tag)
            return NULL;
        if (best == NULL || place < *value) {
            best = &bucket[i];
            *value = place;
        }
    }
    return best;
}

bool oidc_used_take(struct oidc_used *used, struct text what, int64_t now_s, int64_t until_s)
{
    uint64_t hash = secret_hash_text(&used->secret, what), tag = hash & UINT32_MAX, value = 0;
    _Atomic uint64_t *bucket = used->places[(hash >> 32) & (BUCKETS - 1)], *place;

    do {
        place = find(bucket, tag, (uint64_t)now_s, &value);
        if (place == NULL)
            return false;
    } while (!atomic_compare_exchange_strong(place, &value, (uint64_t)until_s << 32 | tag));
    return true;
}

void oidc_used_forget(struct oidc_used *used, struct text what)
{
    uint64_t hash = secret_hash_text(&used->secret, what), tag = hash & UINT32_MAX;
    _Atomic uint64_t *bucket = used->places[(hash >> 32) & (BUCKETS - 1)];

    for (size_t i = 0; i < PLACES; i++) {
        uint64_t place = atomic_load(&bucket[i]);
        if ((place & UINT32_MAX) == tag)
            atomic_compare_exchange_strong(&bucket[i], &place, 0);
    }
}

/* Redis. */

static void on_reply(struct redis_command *command, enum redis_end end,
                     const struct redisReply *reply)
{
    struct oidc_used_ask *ask = H2O_STRUCT_FROM_MEMBER(struct oidc_used_ask, command, command);
    bool is_again = end == REDIS_REPLY && reply->type == REDIS_REPLY_NIL;

    ask->done(ask, is_again ? OIDC_USED_AGAIN : OIDC_USED_FIRST);
}

static bool tell_redis(struct redis *redis, struct oidc_used_ask *ask, struct text what,
                       int64_t seconds)
{
    unsigned char hash[SHA256_BYTES];
    char key[sizeof(REDIS_PREFIX) - 1 + 2 * SHA256_BYTES] = REDIS_PREFIX;
    char digits[TEXT_DIGITS];

    sha256_of(what, hash);
    text_hex(key + sizeof(REDIS_PREFIX) - 1, hash, sizeof(hash));
    struct text texts[] = {TEXT("SET"), {key, sizeof(key)}, TEXT("1"),
                           TEXT("NX"),  TEXT("EX"),         text_digits(digits, (uint64_t)seconds)};
    ask->command.done = on_reply;
    return redis_send(redis, &ask->command, texts, sizeof(texts) / sizeof(texts[0]), 0);
}

enum oidc_used_end oidc_used_ask(struct oidc_used *used, struct redis *redis,
                                 struct oidc_used_ask *ask, struct text what, int64_t now_s,
                                 int64_t until_s)
{
    if (!oidc_used_take(used, what, now_s, until_s))
        return OIDC_USED_AGAIN;
    if (redis == NULL || !tell_redis(redis, ask, what, until_s > now_s ? until_s - now_s : 1))
        return OIDC_USED_FIRST;
    return OIDC_USED_WAITS;
}

void oidc_used_cancel(struct oidc_used_ask *ask) { redis_cancel(&ask->command); }
