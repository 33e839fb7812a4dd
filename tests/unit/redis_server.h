/* A real redis-server, with a connection of the test's own. */
#ifndef TESTS_UNIT_REDIS_SERVER_H
#define TESTS_UNIT_REDIS_SERVER_H

#include <hiredis/hiredis.h>

#include "tests/unit/redis_process.h"

struct redis_server {
    struct redis_process process;
    redisContext *client; /* blocking */
};

/* Starts the server and connects to it. */
static inline void redis_server_start(struct redis_server *server)
{
    redis_process_begin(&server->process, "");
    server->client = redisConnect("127.0.0.1", server->process.port);
    assert_int_equal(server->client->err, 0);
}

static inline void redis_server_end(struct redis_server *server)
{
    redisFree(server->client);
    redis_process_end(&server->process);
}

#endif
