/* Addresses to listen on: "http://127.0.0.1:8080", "https://[::1]:8443", "*:8080". */
#ifndef BFF_CONFIG_ADDRESS_H
#define BFF_CONFIG_ADDRESS_H

#include <stdbool.h>

#include "bff/config/config.h"

/*
 * Reads ${string} into ${out}, without out->text. The host is an IPv4 address, an IPv6 address in
 * brackets, "localhost" (127.0.0.1) or "*" (0.0.0.0). Without a scheme it is http. Returns NULL, or
 * in words what is wrong; then ${out} is not written.
 */
const char *address_read(const char *string, struct config_listen *out);

/* True for the same address and port. Port 0 is a different port each time, so it equals nothing.
 */
bool address_equal(const struct config_listen *a, const struct config_listen *b);

#endif
