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

/* True if ${a} and ${b} have the same address and port. Port 0 is never equal, because it becomes a
 * different port each time. */
bool address_equal(const struct config_listen *a, const struct config_listen *b);

/* True when only this machine reaches the address. */
bool address_is_loopback(const struct config_listen *listen);

#endif
