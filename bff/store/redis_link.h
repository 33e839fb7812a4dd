/*
 * A connection to the Redis server of the configuration that is made again whenever it is lost:
 *
 *   waiting ── asking a Sentinel ── dialling ── greeting ── ready
 *      └──────────────────── lost ────────────────────────────┘
 *
 * The greeting is AUTH, SELECT, HELLO and PING in one write. The link is ready when the server has
 * answered PING in time. The answer to HELLO must say that the server is a master and no member of
 * a Redis Cluster. A server that does not know HELLO (before Redis 6) is not checked.
 *
 * The time before an attempt is random. Its limit doubles with each attempt, from 50 ms to 2 s. So
 * many instances do not connect at the same moment.
 */
#ifndef BFF_STORE_REDIS_LINK_H
#define BFF_STORE_REDIS_LINK_H

#include "bff/base/random.h"
#include "bff/store/redis_settings.h"
#include "bff/store/redis_socket.h"

#define REDIS_LINK_WAIT_LEAST_MS 50
#define REDIS_LINK_WAIT_MOST_MS 2000

/* A link that was ready for so long begins with the shortest wait. */
#define REDIS_LINK_STABLE_MS 2000

/* "host:65535", or the path of a unix socket */
#define REDIS_LINK_LABEL_BYTES (REDIS_SOCKET_HOST_BYTES + sizeof("[]:65535"))

struct redis_link;

/*
 * The callbacks of a link's user, never called from inside a function of this header, except
 * redis_link_read and redis_link_break. They may end the link, but not free its memory.
 *
 *   ready    commands may be sent
 *   replied  a reply to a command of the user; valid during the call
 *   lost     the link was ready and is not any more, or an attempt has failed
 */
struct redis_link_user {
    void (*ready)(struct redis_link *link);
    void (*replied)(struct redis_link *link, const struct redisReply *reply);
    void (*lost)(struct redis_link *link, enum redis_fault fault);
};

enum redis_link_state {
    REDIS_LINK_ENDED,
    REDIS_LINK_WAITING,
    REDIS_LINK_ASKING,
    REDIS_LINK_DIALLING,
    REDIS_LINK_GREETING,
    REDIS_LINK_READY,
};

struct redis_link {
    const struct redis_settings *settings;
    const struct redis_link_user *user;
    enum redis_link_state state;
    char label[REDIS_LINK_LABEL_BYTES]; /* the server that was dialled last, for logs */
    /* redis_link.c's own */
    struct redis_socket socket;
    struct timer timer; /* the next attempt, or the end of this one */
    struct random random;
    unsigned failures;                    /* attempts since the link was stable */
    int64_t ready_ns;                     /* when the link became ready */
    size_t sentinel;                      /* the one that is asked */
    size_t unasked;                       /* Sentinels left to ask in this attempt */
    unsigned greeting;                    /* the command that is answered next */
    char master[REDIS_SOCKET_HOST_BYTES]; /* as a Sentinel says */
    uint16_t master_port;
};

/* Begins the first attempt. Everything is borrowed until redis_link_end. */
void redis_link_begin(struct redis_link *link, const struct redis_loop *on,
                      const struct redis_settings *settings, const struct redis_link_user *user);

/* Ends the link, without a callback. Does nothing for a link that is all zero or has ended. */
void redis_link_end(struct redis_link *link);

/* Sends a command. The link must be ready. */
void redis_link_send(struct redis_link *link, const struct text *texts, size_t count);

/* Reads what has come already, before a time limit is applied. */
void redis_link_read(struct redis_link *link);

/* The link is lost: its user has found ${fault}. The link must be ready. Calls lost. */
void redis_link_break(struct redis_link *link, enum redis_fault fault);

#endif
