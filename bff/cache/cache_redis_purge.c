/* See cache_redis.h. */
#include "bff/cache/cache_redis.h"
#include "bff/cache/cache_redis_script.h"

static void on_done(struct redis_script_call *call, enum redis_end end,
                    const struct redisReply *reply)
{
    struct cache_redis_purge *purge = H2O_STRUCT_FROM_MEMBER(struct cache_redis_purge, call, call);

    purge->done(purge, end == REDIS_REPLY && reply->type == REDIS_REPLY_INTEGER);
}

bool cache_redis_purge_run(struct redis *redis, struct cache_redis_purge *purge,
                           const struct cache_purge *what, struct text channel, struct text message)
{
    if (redis == NULL)
        return false;
    purge->args[0] = text_of(cache_purge_name(what->kind));
    purge->args[1] = what->what.at == NULL ? TEXT("") : what->what;
    purge->args[2] = channel;
    purge->args[3] = message;
    purge->texts = (struct redis_script_texts){NULL, 0, purge->args, 4};
    purge->call.done = on_done;
    return redis_script_run(redis, &purge->call, cache_redis_script_purge(), &purge->texts, 0);
}

void cache_redis_purge_cancel(struct cache_redis_purge *purge)
{
    redis_script_cancel(&purge->call);
}
