/* See resolve.h. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/loop/resolve.h"

static bool read_v4(struct resolve *resolve)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(resolve->port)};

    if (inet_pton(AF_INET, resolve->host, &address.sin_addr) != 1)
        return false;
    memcpy(&resolve->addresses[0].sockaddr, &address, sizeof(address));
    resolve->addresses[0].len = sizeof(address);
    return true;
}

static bool read_v6(struct resolve *resolve)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(resolve->port)};

    if (inet_pton(AF_INET6, resolve->host, &address.sin6_addr) != 1)
        return false;
    memcpy(&resolve->addresses[0].sockaddr, &address, sizeof(address));
    resolve->addresses[0].len = sizeof(address);
    return true;
}

void resolve_init(struct resolve *resolve, const char *host, uint16_t port)
{
    *resolve = (struct resolve){.host = host, .port = port};
    resolve->is_literal = read_v4(resolve) || read_v6(resolve);
    resolve->count = resolve->is_literal ? 1 : 0;
}

static void take_addresses(struct resolve *resolve, const struct addrinfo *found)
{
    size_t count = 0;

    for (; found != NULL && count < RESOLVE_ADDRESSES_MAX; found = found->ai_next) {
        if (found->ai_addrlen > sizeof(struct sockaddr_storage))
            continue;
        memcpy(&resolve->addresses[count].sockaddr, found->ai_addr, found->ai_addrlen);
        resolve->addresses[count++].len = found->ai_addrlen;
    }
    if (count == 0)
        return;
    resolve->count = count;
    resolve->next %= count;
}

static void on_found(h2o_hostinfo_getaddr_req_t *req, const char *error, struct addrinfo *found,
                     void *cookie)
{
    struct resolve *resolve = cookie;

    resolve->under_way = NULL;
    if (error == NULL)
        take_addresses(resolve, found);
    resolve->done(resolve);
}

void resolve_again(struct resolve *resolve, h2o_multithread_receiver_t *receiver,
                   void (*done)(struct resolve *resolve))
{
    char port[sizeof("65535")];

    if (resolve->is_literal || resolve->under_way != NULL)
        return;
    snprintf(port, sizeof(port), "%u", (unsigned)resolve->port);
    resolve->done = done;
    resolve->under_way =
        h2o_hostinfo_getaddr(receiver, h2o_iovec_init(resolve->host, strlen(resolve->host)),
                             h2o_iovec_init(port, strlen(port)), AF_UNSPEC, SOCK_STREAM,
                             IPPROTO_TCP, AI_NUMERICSERV, on_found, resolve);
}

void resolve_cancel(struct resolve *resolve)
{
    if (resolve->under_way == NULL)
        return;
    h2o_hostinfo_getaddr_cancel(resolve->under_way);
    resolve->under_way = NULL;
}

const struct resolve_address *resolve_next(struct resolve *resolve)
{
    if (resolve->count == 0)
        return NULL;
    must(resolve->next < resolve->count);
    const struct resolve_address *address = &resolve->addresses[resolve->next];
    resolve->next = (resolve->next + 1) % resolve->count;
    return address;
}
