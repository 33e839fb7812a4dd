/* See resolve.h. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/loop/resolve.h"

/* An address. */

static int compare_v4(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    int order = memcmp(&a->sin_addr, &b->sin_addr, sizeof(a->sin_addr));

    return order != 0 ? order : memcmp(&a->sin_port, &b->sin_port, sizeof(a->sin_port));
}

static int compare_v6(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
    int order = memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr));

    if (order == 0)
        order = memcmp(&a->sin6_scope_id, &b->sin6_scope_id, sizeof(a->sin6_scope_id));
    return order != 0 ? order : memcmp(&a->sin6_port, &b->sin6_port, sizeof(a->sin6_port));
}

int resolve_address_compare(const struct resolve_address *a, const struct resolve_address *b)
{
    if (a->at.any.sa_family != b->at.any.sa_family)
        return a->at.any.sa_family == AF_INET ? -1 : 1;
    return a->at.any.sa_family == AF_INET ? compare_v4(&a->at.v4, &b->at.v4)
                                          : compare_v6(&a->at.v6, &b->at.v6);
}

bool resolve_address_of_peer(struct resolve_address *address, int fd)
{
    *address = (struct resolve_address){.len = sizeof(address->at)};
    return getpeername(fd, &address->at.any, &address->len) == 0 &&
           address->len <= sizeof(address->at);
}

void resolve_address_print(const struct resolve_address *address, char text[RESOLVE_TEXT_BYTES])
{
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1] = "?", port[sizeof("65535")] = "0";
    bool is_v6 = address->at.any.sa_family == AF_INET6;

    getnameinfo(&address->at.any, address->len, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(text, RESOLVE_TEXT_BYTES, is_v6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* The set. */

static bool read_v4(struct resolve *resolve)
{
    struct sockaddr_in *at = &resolve->addresses[0].at.v4;

    at->sin_family = AF_INET;
    at->sin_port = htons(resolve->port);
    resolve->addresses[0].len = sizeof(*at);
    return inet_pton(AF_INET, resolve->host, &at->sin_addr) == 1;
}

static bool read_v6(struct resolve *resolve)
{
    struct sockaddr_in6 *at = &resolve->addresses[0].at.v6;

    *at = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(resolve->port)};
    resolve->addresses[0].len = sizeof(*at);
    return inet_pton(AF_INET6, resolve->host, &at->sin6_addr) == 1;
}

void resolve_init(struct resolve *resolve, const char *host, uint16_t port)
{
    *resolve = (struct resolve){.host = host, .port = port};
    resolve->is_literal = read_v4(resolve) || read_v6(resolve);
    resolve->count = resolve->is_literal ? 1 : 0;
}

void resolve_init_address(struct resolve *resolve, const struct resolve_address *address)
{
    *resolve = (struct resolve){.is_literal = true, .addresses = {*address}, .count = 1};
}

static bool has(const struct resolve_address *addresses, size_t count,
                const struct resolve_address *address)
{
    for (size_t i = 0; i < count; i++)
        if (resolve_address_compare(&addresses[i], address) == 0)
            return true;
    return false;
}

bool resolve_has(const struct resolve *resolve, const struct resolve_address *address)
{
    return has(resolve->addresses, resolve->count, address);
}

/* Reads one address of an answer. Returns false when it is of an unknown kind. */
static bool read_found(const struct addrinfo *found, struct resolve_address *address)
{
    *address = (struct resolve_address){.len = found->ai_addrlen};
    if (found->ai_family != AF_INET && found->ai_family != AF_INET6)
        return false;
    must(found->ai_addrlen <= sizeof(address->at));
    memcpy(&address->at, found->ai_addr, found->ai_addrlen);
    return true;
}

static bool is_found(const struct addrinfo *found, const struct resolve_address *wanted)
{
    struct resolve_address address;

    for (; found != NULL; found = found->ai_next)
        if (read_found(found, &address) && resolve_address_compare(&address, wanted) == 0)
            return true;
    return false;
}

/* Writes the new set to ${kept}: first the known addresses that are in the answer, then the others
 * of the answer. Returns their number. */
static size_t merge(const struct resolve *resolve, const struct addrinfo *found,
                    struct resolve_address *kept)
{
    struct resolve_address address;
    size_t count = 0;

    for (size_t i = 0; i < resolve->count; i++)
        if (is_found(found, &resolve->addresses[i]))
            kept[count++] = resolve->addresses[i];
    for (; found != NULL && count < RESOLVE_ADDRESSES_MAX; found = found->ai_next)
        if (read_found(found, &address) && !has(kept, count, &address))
            kept[count++] = address;
    return count;
}

void resolve_take(struct resolve *resolve, const struct addrinfo *found)
{
    struct resolve_address kept[RESOLVE_ADDRESSES_MAX];
    size_t count = merge(resolve, found, kept), same = 0;

    if (count == 0)
        return;
    while (same < count && same < resolve->count &&
           resolve_address_compare(&kept[same], &resolve->addresses[same]) == 0)
        same++;
    if (same == count && same == resolve->count)
        return;
    memcpy(resolve->addresses, kept, count * sizeof(*kept));
    resolve->count = count;
    resolve->next %= count;
    resolve->version++;
}

/* Look-ups. */

static void on_found(h2o_hostinfo_getaddr_req_t *req, const char *error, struct addrinfo *found,
                     void *cookie)
{
    struct resolve *resolve = cookie;

    resolve->under_way = NULL;
    if (error == NULL)
        resolve_take(resolve, found);
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
