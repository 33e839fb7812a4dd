/*
 * A worker's connection to Redis. All commands of the worker share one connection and are
 * pipelined: those of one step of the loop are written together at its end. hiredis formats the
 * commands and reads the replies (redisFormatCommandArgv, redisReader); the connection itself is
 * ours, so it has the deadlines of the loop and the TLS of OpenSSL.
 * docs/decisions/0014-redis-on-our-own-connection.md says why.
 *
 * Redis is never a reason to fail a request. A command ends with a reply, or as REDIS_DOWN, at its
 * deadline at the latest. When a reply has not come within the timeout of the settings, the
 * connection is down for all: all commands under way end as REDIS_DOWN, and no command is sent
 * until a new connection has answered a PING in time. It is made in the background, with back-off
 * and jitter (redis_link.h). The events redis_down and redis_up are logged once for each change,
 * for the process and not for each worker (redis_state.h).
 *
 * An error of the server is a reply (OOM, NOPERM, BUSY). But an error that all commands would get
 * (LOADING, READONLY, NOAUTH; redis_fault.c) ends the command as REDIS_DOWN and the connection with
 * it.
 */
#ifndef BFF_STORE_REDIS_H
#define BFF_STORE_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hiredis/hiredis.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/store/redis_settings.h"
#include "bff/store/redis_socket.h"

#define REDIS_IDLE_MS 10000         /* a connection that is idle so long is tested with a PING */
#define REDIS_UNDER_WAY_MOST 65536u /* commands */
#define REDIS_UNSENT_MOST ((size_t)16 * 1024 * 1024) /* bytes */

struct redis;
struct redis_command;

enum redis_end {
    REDIS_REPLY, /* there is a reply, which may be an error of the server (REDIS_REPLY_ERROR) */
    REDIS_DOWN,  /* no reply came in time, or the server cannot be used */
};

/* ${reply} is valid during the call, and NULL with REDIS_DOWN. The callback may send and cancel
 * commands, and it may call redis_free. */
typedef void (*redis_done)(struct redis_command *command, enum redis_end end,
                           const struct redisReply *reply);

/* A command. Its user provides the memory, which is all zero before the first redis_send. It may be
 * sent again when it has ended, also from inside its callback. */
struct redis_command {
    redis_done done;
    /* redis.c's own */
    struct redis *redis; /* NULL: not under way */
    uint64_t number;     /* of all commands of the connection */
};

/*
 * Makes a worker's connection, and begins the first attempt to connect. ${on} is copied,
 * ${settings} is borrowed until redis_free. ${settings->is_on} is true.
 */
struct redis *redis_new(const struct redis_loop *on, struct registry *registry,
                        const struct redis_settings *settings);

/*
 * ${settled} is called once when the first attempt to connect has ended, well or not. To be called
 * once, in the same step as redis_new. It is not called after redis_free. It may call redis_free.
 */
void redis_wait_first(struct redis *redis, void (*settled)(void *cookie), void *cookie);

/* Closes the connection. Commands under way end as REDIS_DOWN, from inside this function. NULL:
 * does nothing. */
void redis_free(struct redis *redis);

/* True when a command may be sent now: the connection is up. */
bool redis_is_up(const struct redis *redis);

/*
 * Sends a command. The texts are copied. command->done is called once, never from inside this
 * function. ${until_ns} is the deadline on the clock of clock_now_ns; 0: the timeout of the
 * settings. Returns false when the connection is down or has too much to do: then nothing is sent,
 * and done is not called.
 *
 * When a deadline before the timeout of the settings passes, only this command ends.
 */
bool redis_send(struct redis *redis, struct redis_command *command, const struct text *texts,
                size_t count, int64_t until_ns);

/* Returns the deadline of a command that is sent now without a deadline of its own. */
int64_t redis_deadline(const struct redis *redis);

/* ${command} gets no callback any more. Its reply is dropped. Does nothing when it is not under
 * way. */
void redis_cancel(struct redis_command *command);

#endif
