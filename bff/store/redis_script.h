/*
 * Lua scripts that run in Redis. A script is sent by its SHA-1 (EVALSHA). When the server does not
 * know it, after a restart or SCRIPT FLUSH, it is sent again with its source (EVAL), within the
 * same deadline.
 */
#ifndef BFF_STORE_REDIS_SCRIPT_H
#define BFF_STORE_REDIS_SCRIPT_H

#include "bff/store/redis.h"

#define REDIS_SCRIPT_SHA1_DIGITS 40
#define REDIS_SCRIPT_TEXTS_MOST 256 /* keys and arguments of one call, together */

struct redis_script {
    struct text source; /* borrowed */
    char sha1[REDIS_SCRIPT_SHA1_DIGITS];
};

struct redis_script_texts {
    const struct text *keys;
    size_t key_count;
    const struct text *args;
    size_t arg_count;
};

/* A call of a script. Its user provides the memory, and sets ${done}; all else is zero before the
 * first redis_script_run. ${done} has the contract of redis_done. */
struct redis_script_call {
    struct redis_command command;
    void (*done)(struct redis_script_call *call, enum redis_end end,
                 const struct redisReply *reply);
    /* redis_script.c's own */
    struct redis *redis;
    const struct redis_script *script;
    const struct redis_script_texts *texts;
    int64_t until_ns;
};

/* Makes ${script} for ${source}, which must outlive it. To be called once, at the start. */
void redis_script_init(struct redis_script *script, struct text source);

/*
 * Runs ${script}. ${texts}, and all that it points to, are borrowed until call->done is called, or
 * the call is cancelled. All else is as in redis_send.
 */
bool redis_script_run(struct redis *redis, struct redis_script_call *call,
                      const struct redis_script *script, const struct redis_script_texts *texts,
                      int64_t until_ns);

/* ${call} gets no callback any more. Does nothing when it is not under way. */
void redis_script_cancel(struct redis_script_call *call);

#endif
