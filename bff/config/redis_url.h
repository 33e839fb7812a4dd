/*
 * Addresses of a Redis server, as its own tools and the clients of other languages write them:
 *
 *     redis://user:password@cache.internal:6379/0
 *     rediss://:password@[2001:db8::7]/1              TLS
 *     unix:///run/redis.sock?db=1
 *
 * User and password are percent-encoded. Everything but the host has a default.
 */
#ifndef BFF_CONFIG_REDIS_URL_H
#define BFF_CONFIG_REDIS_URL_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/store/redis_settings.h"

#define REDIS_URL_PORT 6379
#define REDIS_URL_SENTINEL_PORT 26379

/*
 * Reads ${url} and sets address, socket, user, password and database of ${out}; their texts are in
 * ${pool}. The address has no host when the URL has none ("redis://:password@/1"). ${*is_tls} says
 * whether the scheme is rediss. Returns NULL; or words that say what is wrong, and then nothing is
 * set. The words never have a part of the URL, because it may hold a password.
 */
const char *redis_url_read(struct pool *pool, struct text url, struct redis_settings *out,
                           bool *is_tls);

/*
 * Reads "host:port", "host" or "[::1]:port" into ${out}; the host is in ${pool} and has no
 * brackets. Returns NULL, or words that say what is wrong, and then ${out} is not written.
 */
const char *redis_url_read_address(struct pool *pool, struct text text, uint16_t normal_port,
                                   struct redis_address *out);

#endif
