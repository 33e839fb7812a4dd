/* Addresses to listen on: "http://127.0.0.1:8080", "https://[::1]:8443", "*:8080". */
#ifndef BFF_CONFIG_ADDRESS_H
#define BFF_CONFIG_ADDRESS_H

#include <stdbool.h>

#include "bff/config/config.h"

/*
 * Reads ${string} into ${out}, but does not set out->text. The host is an IPv4 address, an IPv6
 * address in brackets, "localhost" (127.0.0.1) or "*" (0.0.0.0). Without a scheme, the scheme is
 * http. Returns NULL; or words that say what is wrong, and then ${out} is not written.
 */
const char *address_read(const char *string, struct config_listen *out);

/*
 * Reads the address of a unix socket, "unix:/run/bff/admin.sock", as address_read. The path is
 * absolute, so that it does not depend on the directory in which the process was started.
 */
const char *address_read_unix(const char *string, struct config_listen *out);

/* True for the address of a unix socket. */
bool address_is_unix(const struct config_listen *listen);

/* True if ${a} and ${b} have the same address and port. Port 0 is never equal, because it becomes a
 * different port each time. */
bool address_equal(const struct config_listen *a, const struct config_listen *b);

/* True when only this machine reaches the address. A unix socket is such an address. */
bool address_is_loopback(const struct config_listen *listen);

#endif
