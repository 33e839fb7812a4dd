/*
 * The addresses of one host name. No request waits for a look-up. An IP literal is its own address.
 * A name is looked up by getaddrinfo in libh2o's helper threads. During a look-up, and after one
 * that failed, the old addresses stay in use.
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
    size_t next;  /* the one to dial next */
    h2o_hostinfo_getaddr_req_t *under_way;
    void (*done)(struct resolve *resolve);
};

/* ${host} is borrowed. A literal has its address at once. */
void resolve_init(struct resolve *resolve, const char *host, uint16_t port);

/* Begins to look the name up. Does nothing for a literal, or when a look-up is under way. ${done}
 * is called when the look-up ends, never from here. */
void resolve_again(struct resolve *resolve, h2o_multithread_receiver_t *receiver,
                   void (*done)(struct resolve *resolve));

/* Cancels a look-up that is under way; done is not called. */
void resolve_cancel(struct resolve *resolve);

/* The next address to dial. The addresses take turns. NULL when there is none. */
const struct resolve_address *resolve_next(struct resolve *resolve);

#endif
