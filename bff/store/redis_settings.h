/* How a Redis server is reached, as plain data of the configuration. */
#ifndef BFF_STORE_REDIS_SETTINGS_H
#define BFF_STORE_REDIS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

struct trust;

/* A host and a port. */
struct redis_address {
    const char *host;
    uint16_t port;
};

/*
 *   address     of the server, or absent when ${socket} or ${sentinels} is given
 *   socket      path of a unix socket; NULL: none
 *   sentinels   Sentinel servers, which are asked for the address of ${master}
 *   master      the name of the server in Sentinel
 *   user        for AUTH; absent: the default user
 *   password    for AUTH; absent: no AUTH
 *   database    for SELECT
 *   trust       of TLS (rediss://); NULL: plain
 *   timeout_ms  the deadline of a command
 */
struct redis_settings {
    bool is_on; /* a server is configured */
    struct redis_address address;
    const char *socket;
    struct redis_address *sentinels;
    size_t sentinel_count;
    struct text master, user, password;
    unsigned database;
    struct trust *trust;
    uint32_t connect_ms;
    uint32_t timeout_ms;
};

#endif
