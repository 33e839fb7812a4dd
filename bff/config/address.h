/* Addresses to listen on: "http://127.0.0.1:8080", "https://[::1]:8443", "*:8080". */
#ifndef BFF_CONFIG_ADDRESS_H
#define BFF_CONFIG_ADDRESS_H

#include <stdbool.h>

#include "bff/config/config.h"

/*
 * Reads ${string} into ${out}, but for out->text. The host is an IPv4 address, an IPv6 address in
 * brackets, "localhost" (127.0.0.1) or "*" (0.0.0.0); no scheme means http. Returns NULL, or what
 * is wrong with it in words; then ${out} is not written.
 */
const char *address_read(const char *string, struct config_listen *out);

/* The same address, and not one with port 0, which is another one each time. */
bool address_equal(const struct config_listen *a, const struct config_listen *b);

#endif
