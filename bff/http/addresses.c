/* See addresses.h. */
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/addresses.h"

#define PLACES 65536
#define ROWS 2

struct addresses {
    uint64_t keys[ROWS][2];
    _Atomic uint32_t counts[ROWS][PLACES];
};

struct addresses *addresses_new(void)
{
    struct addresses *addresses = memory_new(sizeof(*addresses));

    must(getrandom(addresses->keys, sizeof(addresses->keys), 0) == sizeof(addresses->keys));
    return addresses;
}

void addresses_free(struct addresses *addresses) { memory_free(addresses); }

/* Returns the part of an address that is counted: the whole IPv4 address, the /64 of an IPv6
 * address, or the IPv4 part of an IPv4-mapped IPv6 address. */
static uint64_t number_of(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    uint64_t number = 0;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return v4.sin_addr.s_addr;
    }
    if (address->sa_family != AF_INET6)
        return 0;
    memcpy(&v6, address, sizeof(v6));
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
        memcpy(&number, v6.sin6_addr.s6_addr + 12, 4);
    else
        memcpy(&number, v6.sin6_addr.s6_addr, sizeof(number));
    return number;
}

/* Hashes ${number} with the last steps of splitmix64. The first key is combined with the input, and
 * the second key is added between two steps. */
static uint32_t place_of(const uint64_t keys[2], uint64_t number)
{
    uint64_t x = number ^ keys[0];

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9) + keys[1];
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % PLACES);
}

struct address_places addresses_places(const struct addresses *addresses,
                                       const struct sockaddr *address)
{
    uint64_t number = number_of(address);

    return (struct address_places){
        {place_of(addresses->keys[0], number), place_of(addresses->keys[1], number)}};
}

size_t addresses_add(struct addresses *addresses, struct address_places places)
{
    uint32_t first = atomic_fetch_add(&addresses->counts[0][places.place[0]], 1) + 1;
    uint32_t second = atomic_fetch_add(&addresses->counts[1][places.place[1]], 1) + 1;

    return first < second ? first : second;
}

void addresses_remove(struct addresses *addresses, struct address_places places)
{
    atomic_fetch_sub(&addresses->counts[0][places.place[0]], 1);
    atomic_fetch_sub(&addresses->counts[1][places.place[1]], 1);
}
