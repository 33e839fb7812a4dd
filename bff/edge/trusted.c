/* See trusted.h. */
#include <string.h>

#include "bff/edge/trusted.h"

#define BITS (IP_BYTES * 8)
#define IPV4_BITS 32

static bool has_bits_behind(const struct trusted_network *network)
{
    for (unsigned bit = network->bits; bit < BITS; bit++)
        if ((network->address.bytes[bit / 8] & (0x80 >> bit % 8)) != 0)
            return true;
    return false;
}

const char *trusted_read(struct text text, struct trusted_network *out)
{
    struct trusted_network network = {.bits = BITS};
    struct text prefix = text, address = text_cut(&prefix, '/');
    unsigned most = BITS;
    uint64_t bits = 0;

    if (!ip_read(address, &network.address))
        return "expected an IP address, or a network such as 10.0.0.0/8 or 2001:db8::/32";
    if (memchr(address.at, ':', address.len) == NULL)
        most = IPV4_BITS;
    if (prefix.at != NULL) {
        if (text_number(prefix, most, &bits) != 0)
            return most == IPV4_BITS ? "behind / expected a number from 0 to 32"
                                     : "behind / expected a number from 0 to 128";
        network.bits = BITS - (unsigned)(most - bits);
    }
    if (has_bits_behind(&network))
        return "the address has bits set behind its prefix; is another network meant?";
    *out = network;
    return NULL;
}

static bool is_in(const struct trusted_network *network, const struct ip *address)
{
    const uint8_t *a = network->address.bytes, *b = address->bytes;
    unsigned bytes = network->bits / 8, rest = network->bits % 8;

    if (memcmp(a, b, bytes) != 0)
        return false;
    return rest == 0 || (a[bytes] ^ b[bytes]) >> (8 - rest) == 0;
}

bool trusted_has(const struct trusted *trusted, const struct ip *address)
{
    for (size_t i = 0; i < trusted->count; i++)
        if (is_in(&trusted->networks[i], address))
            return true;
    return false;
}
