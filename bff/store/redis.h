/*
 * A worker's connection to Redis. All commands of the worker share one connection and are
 * pipelined. hiredis formats the commands and reads the replies (redisFormatCommandArgv,
 * redisReader); the connection itself is ours, so it has the deadlines of the loop and the TLS of
 * OpenSSL. docs/decisions/0014 says why.
 *
 * Redis is never a reason to fail a request. A command ends with a reply, or as REDIS_DOWN, at its
 * deadline at the latest. When commands have failed, the connection is down for all: the next
 * commands end as REDIS_DOWN at once, until the connection has been made again, in the background,
 * with back-off and jitter. The events redis_down and redis_up are logged once for each change, for
 * the process and not for each worker.
 */
#ifndef BFF_STORE_REDIS_H
#define BFF_STORE_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hiredis/hiredis.h>

#include "bff/base/text.h"
#include "bff/loop/timer.h"
#include "bff/store/redis_settings.h"

struct redis;
struct redis_command;

enum redis_end {
    REDIS_REPLY, /* there is a reply, which may be an error of the server (REDIS_REPLY_ERROR) */
    REDIS_DOWN,  /* no reply came in time, or the server cannot be reached */
};

/* ${reply} is valid during the call, and NULL with REDIS_DOWN. */
typedef void (*redis_done)(struct redis_command *command, enum redis_end end,
                           const struct redisReply *reply);

/* A command. Its user provides the memory, which is all zero before redis_send. */
struct redis_command {
    redis_done done;
    /* redis.c's own */
    struct redis *redis; /* NULL: not under way */
    struct redis_command *next;
    int64_t until_ns;
};

/* True when a command may be sent now: the connection is up. */
bool redis_is_up(const struct redis *redis);

/*
 * Sends a command. The texts are copied. command->done is called once, never from inside this
 * function. ${until_ns} is the deadline on the clock of clock_now_ns; 0: the timeout of the
 * settings. Returns false when the connection is down: then nothing is sent, and done is not
 * called.
 */
bool redis_send(struct redis *redis, struct redis_command *command, const struct text *texts,
                size_t count, int64_t until_ns);

/* ${command} gets no callback any more. Its reply is dropped. Does nothing when it is not under
 * way. */
void redis_cancel(struct redis_command *command);

#endif
