/*
 * The addresses of one host name. No request waits for a look-up. An IP literal needs no look-up. A
 * name is looked up with getaddrinfo in libh2o's helper threads. During a look-up, and after a
 * look-up that failed or found nothing, the old addresses stay in use.
 *
 * The addresses are a set: their order in an answer does not matter. An address that stays keeps
 * its place. When an answer has more than RESOLVE_ADDRESSES_MAX addresses, those that are known
 * already are preferred.
 */
#ifndef BFF_LOOP_RESOLVE_H
#define BFF_LOOP_RESOLVE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <h2o/hostinfo.h>

#define RESOLVE_ADDRESSES_MAX 64

/* "[fe80::1%eth0]:65535" and the zero at its end */
#define RESOLVE_TEXT_BYTES (INET6_ADDRSTRLEN + IF_NAMESIZE + sizeof("%[]:65535"))

/* The address of a TCP port. */
struct resolve_address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    socklen_t len;
};

struct resolve {
    const char *host;
    uint16_t port;
    bool is_literal;
    struct resolve_address addresses[RESOLVE_ADDRESSES_MAX];
    size_t count;     /* 0: not resolved yet */
    size_t next;      /* index of the address to connect to next */
    unsigned version; /* another number after each look-up that changed the set of addresses */
    h2o_hostinfo_getaddr_req_t *under_way;
    void (*done)(struct resolve *resolve);
};

/* Makes ${resolve} for ${host}, which is borrowed. An IP literal has its address at once; a name
 * has no address until the first look-up. */
void resolve_init(struct resolve *resolve, const char *host, uint16_t port);

/* Makes ${resolve} for ${address} alone. It counts as a literal: it is never looked up. */
void resolve_init_address(struct resolve *resolve, const struct resolve_address *address);

/* Begins to look the name up. Does nothing for an IP literal, or when a look-up is under way.
 * ${done} is called when the look-up ends, never from inside this function. */
void resolve_again(struct resolve *resolve, h2o_multithread_receiver_t *receiver,
                   void (*done)(struct resolve *resolve));

/* Cancels a look-up that is under way. Its ${done} is not called. */
void resolve_cancel(struct resolve *resolve);

/* Takes the addresses of an answer, as a look-up does. An answer without an address changes
 * nothing. */
void resolve_take(struct resolve *resolve, const struct addrinfo *found);

/* Returns the next address to connect to, in round-robin order; NULL if there is none. */
const struct resolve_address *resolve_next(struct resolve *resolve);

/* True when ${address} is one of the addresses. */
bool resolve_has(const struct resolve *resolve, const struct resolve_address *address);

/* Fills ${address} with the peer of the socket ${fd}. Returns false when it has none. */
bool resolve_address_of_peer(struct resolve_address *address, int fd);

/* Orders addresses: IPv4 first, then by their numbers. Returns the same as memcmp. */
int resolve_address_compare(const struct resolve_address *a, const struct resolve_address *b);

/* Writes "10.0.0.7:3000" or "[fd00::7]:3000". */
void resolve_address_print(const struct resolve_address *address, char text[RESOLVE_TEXT_BYTES]);

#endif
