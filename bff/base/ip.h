/*
 * An IP address. IPv4 addresses lie in ::ffff:0:0/96, so that an IPv4 client is the same on a
 * socket for both families, and whoever compares addresses need not look at their family.
 */
#ifndef BFF_BASE_IP_H
#define BFF_BASE_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bff/base/text.h"

#define IP_BYTES 16
#define IP_TEXT INET6_ADDRSTRLEN /* room for an address as text, and a NUL */

struct ip {
    uint8_t bytes[IP_BYTES];
};

/* The address of a socket. Returns false for other families than IPv4 and IPv6. */
bool ip_of(const struct sockaddr *address, struct ip *out);

/* Reads "192.0.2.7" or "2001:db8::1" and no other form: no port, brackets, zone or blanks. Returns
 * false for any other text, and then ${*out} is not changed. */
bool ip_read(struct text text, struct ip *out);

/* Writes ${ip} in its short form (RFC 5952), an IPv4 address as such: "192.0.2.7". Returns the
 * text, which lies in ${out} and has a NUL behind it. */
struct text ip_print(const struct ip *ip, char out[IP_TEXT]);

#endif
