/* See limit_redis.h. */
#include <h2o.h>

#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/memory.h"
#include "bff/limit/limit_redis.h"
#include "bff/limit/limit_redis_reply.h"
#include "bff/limit/limit_redis_request.h"

struct limit_redis {
    struct redis *redis;
    struct redis_script script;
};

static struct log_pace pace;

/* The connection works, so the log has no redis_down. Without this event, nobody would learn that
 * each instance counts alone. */
static void tell(const struct redisReply *reply)
{
    struct text error = TEXT("this is no reply of the script");

    if (reply->type == REDIS_REPLY_ERROR)
        error = (struct text){reply->str, reply->len};
    if (log_pace_is_due(&pace))
        log_event("redis_counts_no_limits", (struct log_field[]){{"error", .text = error}, {0}});
}

static void on_reply(struct redis_script_call *call, enum redis_end end,
                     const struct redisReply *reply)
{
    struct limit_redis_count *count = H2O_STRUCT_FROM_MEMBER(struct limit_redis_count, call, call);
    bool is_counted = end == REDIS_REPLY && limit_redis_reply_read(reply, count->hits, count->count,
                                                                   count->verdicts, count->counted);

    if (end == REDIS_REPLY && !is_counted)
        tell(reply);
    count->done(count, is_counted);
}

struct limit_redis *limit_redis_new(struct redis *redis)
{
    struct limit_redis *limits = memory_new(sizeof(*limits));

    limits->redis = redis;
    redis_script_init(&limits->script, limit_redis_script);
    return limits;
}

void limit_redis_free(struct limit_redis *limits) { memory_free(limits); }

bool limit_redis_start(struct limit_redis *limits, struct limit_redis_count *count,
                       struct pool *pool)
{
    if (!redis_is_up(limits->redis))
        return false;
    struct limit_redis_request request = limit_redis_request_make(pool, count->hits, count->count);
    count->texts = (struct redis_script_texts){
        .keys = request.keys,
        .key_count = count->count,
        .args = request.arguments,
        .arg_count = count->count * LIMIT_REDIS_ARGUMENTS,
    };
    count->call.done = on_reply;
    return redis_script_run(limits->redis, &count->call, &limits->script, &count->texts, 0);
}

void limit_redis_cancel(struct limit_redis_count *count) { redis_script_cancel(&count->call); }
