/*
 * An IP address. An IPv4 address is stored as an IPv6 address in ::ffff:0:0/96. So addresses can be
 * compared without regard to their family, and an IPv4 client has one address on all sockets.
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

/* Writes the address in a socket's address to ${out}. Returns false when it is neither IPv4 nor
 * IPv6. */
bool ip_of(const struct sockaddr *address, struct ip *out);

/* True for an IPv4 address, also for one that was written as an IPv6 address. */
bool ip_is_ipv4(const struct ip *ip);

/* True for 127.0.0.0/8 and ::1, which only this machine reaches. */
bool ip_is_loopback(const struct ip *ip);

/* Reads "192.0.2.7" or "2001:db8::1". Returns false for any other text, also for an address with a
 * port, brackets, a zone or white space; then ${*out} is not changed. */
bool ip_read(struct text text, struct ip *out);

/* Writes ${ip} to ${out} in its short form (RFC 5952). An IPv4 address is written as "192.0.2.7".
 * Returns the text in ${out}, which has a NUL at its end. */
struct text ip_print(const struct ip *ip, char out[IP_TEXT]);

#endif
