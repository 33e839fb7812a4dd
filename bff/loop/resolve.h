/*
 * The addresses of one host name, looked up outside the request path. An IP literal is its own
 * address. A name is looked up by getaddrinfo in libh2o's helper threads; the old addresses stay
 * while a look-up runs, and when it fails.
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
    size_t count; /* 0: not resolved */
    size_t next;  /* the one to dial next */
    h2o_hostinfo_getaddr_req_t *under_way;
    void (*done)(struct resolve *resolve);
};

/* ${host} is borrowed. A literal has its address at once. */
void resolve_init(struct resolve *resolve, const char *host, uint16_t port);

/* Looks the name up, unless it is a literal or a look-up is under way. ${done} is called when it
 * ended, not from here; for a literal never. */
void resolve_again(struct resolve *resolve, h2o_multithread_receiver_t *receiver,
                   void (*done)(struct resolve *resolve));

/* Ends a look-up under way, silently. */
void resolve_cancel(struct resolve *resolve);

/* The address to dial now (they take turns); NULL when there is none. */
const struct resolve_address *resolve_next(struct resolve *resolve);

#endif
