/*
 * The addresses of one host name. No request waits for a look-up. An IP literal needs no look-up. A
 * name is looked up with getaddrinfo in libh2o's helper threads. During a look-up, and after a
 * look-up that failed, the old addresses stay in use.
 */
#ifndef BFF_LOOP_RESOLVE_H
#define BFF_LOOP_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <h2o/hostinfo.h>

#define RESOLVE_ADDRESSES_MAX 16

struct resolve_address {
    struct sockaddr_storage sockaddr;
    socklen_t len;
};

struct resolve {
    const char *host;
    uint16_t port;
    bool is_literal;
    struct resolve_address addresses[RESOLVE_ADDRESSES_MAX];
    size_t count; /* 0: not resolved yet */
    size_t next;  /* index of the address to connect to next */
    h2o_hostinfo_getaddr_req_t *under_way;
    void (*done)(struct resolve *resolve);
};

/* Makes ${resolve} for ${host}, which is borrowed. An IP literal has its address at once; a name
 * has no address until the first look-up. */
void resolve_init(struct resolve *resolve, const char *host, uint16_t port);

/* Begins to look the name up. Does nothing for an IP literal, or when a look-up is under way.
 * ${done} is called when the look-up ends, never from inside this function. */
void resolve_again(struct resolve *resolve, h2o_multithread_receiver_t *receiver,
                   void (*done)(struct resolve *resolve));

/* Cancels a look-up that is under way. Its ${done} is not called. */
void resolve_cancel(struct resolve *resolve);

/* Returns the next address to connect to, in round-robin order; NULL if there is none. */
const struct resolve_address *resolve_next(struct resolve *resolve);

#endif
