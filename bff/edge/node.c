/* See node.h. */
#include "bff/edge/node.h"

#define PORT_MAX 65535

static bool is_port(struct text port)
{
    uint64_t number;

    return text_number(port, PORT_MAX, &number) == 0 || (port.len > 1 && port.at[0] == '_');
}

/* Drops the zone, because it has a meaning only on the host that wrote it. Only IPv6 has zones. */
static bool read_address(struct text text, struct ip *out)
{
    struct text zone = text, address = text_cut(&zone, '%');

    if (zone.at != NULL && memchr(address.at, ':', address.len) == NULL)
        return false;
    return ip_read(address, out);
}

static bool read_bracketed(struct text node, struct ip *out)
{
    struct text rest = text_after(node, 1), address = text_cut(&rest, ']');

    if (rest.at == NULL || memchr(address.at, ':', address.len) == NULL)
        return false;
    if (rest.len > 0 && (rest.at[0] != ':' || !is_port(text_after(rest, 1))))
        return false;
    return read_address(address, out);
}

/* "2001:db8::1:443" is an address without a port, because all of it is a valid address. */
bool node_read(struct text node, struct ip *out)
{
    if (node.len > 1 && node.at[0] == '"' && node.at[node.len - 1] == '"')
        node = (struct text){node.at + 1, node.len - 2};
    if (text_starts(node, TEXT("[")))
        return read_bracketed(node, out);
    if (read_address(node, out))
        return true;
    const char *colon = node.len == 0 ? NULL : memrchr(node.at, ':', node.len);
    size_t len = colon == NULL ? 0 : (size_t)(colon - node.at);
    return colon != NULL && is_port(text_after(node, len + 1)) &&
           read_address((struct text){node.at, len}, out);
}
