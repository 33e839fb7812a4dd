/* See revocation_tell.h. */
#include <pthread.h>

#include "bff/base/log.h"
#include "bff/base/memory.h"

#include "bff/edge/revocation_tell.h"

#define TEXT_OF(number) #number
#define DIGITS(number) TEXT_OF(number)
#define MOST 100000

_Static_assert(MOST == REVOCATION_MOST, "the sets in Redis and in memory have the same bound");

/* KEYS: the set. ARGV: the member, its end, the channel, the message. The later end holds. Redis
 * ends the set when its last entry has ended. */
static const char source[] =
    "local key = KEYS[1]\n"
    "local now = tonumber(redis.call('TIME')[1])\n"
    "local before = redis.call('ZSCORE', key, ARGV[1])\n"
    "if not before or tonumber(before) < tonumber(ARGV[2]) then\n"
    "  redis.call('ZADD', key, ARGV[2], ARGV[1])\n"
    "end\n"
    "redis.call('ZREMRANGEBYSCORE', key, '-inf', now)\n"
    "local over = redis.call('ZCARD', key) - " DIGITS(
        MOST) "\n"
              "if over > 0 then redis.call('ZREMRANGEBYRANK', key, 0, over - 1) end\n"
              "local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')\n"
              "if last[2] then redis.call('EXPIREAT', key, math.ceil(tonumber(last[2]))) end\n"
              "redis.call('PUBLISH', ARGV[3], ARGV[4])\n"
              "return 1\n";

static struct redis_script script;

static void make_script(void)
{
    redis_script_init(&script, (struct text){source, sizeof(source) - 1});
}

static const struct redis_script *script_of(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_script);
    return &script;
}

static void on_done(struct redis_script_call *call, enum redis_end end,
                    const struct redisReply *reply)
{
    struct revocation_tell *tell = H2O_STRUCT_FROM_MEMBER(struct revocation_tell, call, call);

    tell->done(tell, end == REDIS_REPLY && reply->type == REDIS_REPLY_INTEGER);
}

enum revocation_told revocation_tell_run(struct revocation *revocation, struct redis *redis,
                                         struct revocation_tell *tell, struct pool *pool,
                                         const struct revocation_record *record, int64_t now_s)
{
    revocation_record_add(revocation, record, now_s);
    if (redis == NULL)
        return REVOCATION_TOLD_HERE;
    tell->keys[0] = TEXT(REVOCATION_TELL_KEY);
    tell->args[0] = revocation_record_print(pool, record, false);
    tell->args[1] = pool_print(pool, "%lld", (long long)record->until_s);
    tell->args[2] = TEXT(REVOCATION_TELL_CHANNEL);
    tell->args[3] = revocation_record_print(pool, record, true);
    tell->texts = (struct redis_script_texts){tell->keys, 1, tell->args, 4};
    tell->call.done = on_done;
    return redis_script_run(redis, &tell->call, script_of(), &tell->texts, 0) ? REVOCATION_TOLD_WAIT
                                                                              : REVOCATION_TOLD_NOT;
}

void revocation_tell_cancel(struct revocation_tell *tell) { redis_script_cancel(&tell->call); }

/* Without a caller who waits. It is in a pool of its own. */

struct alone {
    struct revocation_tell tell;
    struct pool *pool;
};

static void end_alone(struct alone *alone, bool is_told)
{
    if (!is_told)
        log_event("revocation_not_told", NULL);
    pool_free(alone->pool);
}

static void on_alone(struct revocation_tell *tell, bool is_told)
{
    end_alone(H2O_STRUCT_FROM_MEMBER(struct alone, tell, tell), is_told);
}

void revocation_tell_alone(struct revocation *revocation, struct redis *redis,
                           const struct revocation_record *record, int64_t now_s)
{
    struct pool *pool = pool_new();
    struct alone *alone = pool_zero(pool, sizeof(*alone));

    alone->pool = pool;
    alone->tell.done = on_alone;
    enum revocation_told told =
        revocation_tell_run(revocation, redis, &alone->tell, pool, record, now_s);
    if (told != REVOCATION_TOLD_WAIT)
        end_alone(alone, told == REVOCATION_TOLD_HERE);
}
