/* See trusted.h. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "bff/edge/trusted.h"

#define IPV4_BITS 32
#define IPV4_AT 12 /* where the IPv4 address begins in an IPv4-mapped IPv6 address */

static void map_ipv4(const void *ipv4, uint8_t out[TRUSTED_BITS / 8])
{
    memset(out, 0, IPV4_AT);
    out[IPV4_AT - 2] = out[IPV4_AT - 1] = 0xff;
    memcpy(out + IPV4_AT, ipv4, IPV4_BITS / 8);
}

/* Returns the family; AF_UNSPEC when ${text} is not an address. */
static int address_read(struct text text, uint8_t out[TRUSTED_BITS / 8])
{
    char string[INET6_ADDRSTRLEN];
    struct in_addr ipv4;

    if (text.len >= sizeof(string) || (text.len > 0 && memchr(text.at, '\0', text.len) != NULL))
        return AF_UNSPEC;
    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(text));
    if (inet_pton(AF_INET, string, &ipv4) == 1) {
        map_ipv4(&ipv4, out);
        return AF_INET;
    }
    return inet_pton(AF_INET6, string, out) == 1 ? AF_INET6 : AF_UNSPEC;
}

static bool has_bits_behind(const struct trusted_network *network)
{
    for (unsigned bit = network->bits; bit < TRUSTED_BITS; bit++)
        if ((network->address[bit / 8] & (0x80 >> bit % 8)) != 0)
            return true;
    return false;
}

const char *trusted_read(struct text text, struct trusted_network *out)
{
    struct trusted_network network = {.bits = TRUSTED_BITS};
    struct text prefix = text, address = text_cut(&prefix, '/');
    int family = address_read(address, network.address);
    uint64_t bits = 0, most = family == AF_INET ? IPV4_BITS : TRUSTED_BITS;

    if (family == AF_UNSPEC)
        return "expected an IP address, or a network such as 10.0.0.0/8 or 2001:db8::/32";
    if (prefix.at != NULL) {
        if (text_number(prefix, most, &bits) != 0)
            return family == AF_INET ? "behind / expected a number from 0 to 32"
                                     : "behind / expected a number from 0 to 128";
        network.bits = TRUSTED_BITS - (unsigned)(most - bits);
    }
    if (has_bits_behind(&network))
        return "the address has bits set behind its prefix; is another network meant?";
    *out = network;
    return NULL;
}

static bool is_in(const struct trusted_network *network, const uint8_t address[TRUSTED_BITS / 8])
{
    unsigned bytes = network->bits / 8, rest = network->bits % 8;

    if (memcmp(network->address, address, bytes) != 0)
        return false;
    return rest == 0 || (network->address[bytes] ^ address[bytes]) >> (8 - rest) == 0;
}

static bool has(const struct trusted *trusted, const uint8_t address[TRUSTED_BITS / 8])
{
    for (size_t i = 0; i < trusted->count; i++)
        if (is_in(&trusted->networks[i], address))
            return true;
    return false;
}

bool trusted_has(const struct trusted *trusted, const struct sockaddr *address)
{
    uint8_t bytes[TRUSTED_BITS / 8];

    if (address->sa_family == AF_INET)
        map_ipv4(&((const struct sockaddr_in *)(const void *)address)->sin_addr, bytes);
    else if (address->sa_family == AF_INET6)
        memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
               sizeof(bytes));
    else
        return false;
    return has(trusted, bytes);
}

bool trusted_has_text(const struct trusted *trusted, struct text address)
{
    uint8_t bytes[TRUSTED_BITS / 8];

    return address_read(address, bytes) != AF_UNSPEC && has(trusted, bytes);
}

bool trusted_is_address(struct text text)
{
    uint8_t bytes[TRUSTED_BITS / 8];

    return address_read(text, bytes) != AF_UNSPEC;
}
