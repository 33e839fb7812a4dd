/* A redis-server for a unit test, on a unix socket in a directory of its own. */
#ifndef TESTS_UNIT_REDIS_SERVER_H
#define TESTS_UNIT_REDIS_SERVER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

struct redis_server {
    pid_t pid;
    char directory[32];
    char socket[64];
    redisContext *client; /* blocking */
};

static inline void redis_server_run(const struct redis_server *server)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no server behind */
    if (freopen("/dev/null", "w", stdout) == NULL)
        _exit(1);
    execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", server->socket, "--dir",
           server->directory, "--save", "", (char *)NULL);
    _exit(1);
}

/* Starts the server and connects to it. */
static inline void redis_server_start(struct redis_server *server)
{
    strcpy(server->directory, "/tmp/bff-redis-XXXXXX");
    assert_non_null(mkdtemp(server->directory));
    snprintf(server->socket, sizeof(server->socket), "%s/redis.sock", server->directory);
    server->pid = fork();
    if (server->pid == 0)
        redis_server_run(server);
    for (int tries = 0; tries < 3000; tries++) {
        server->client = redisConnectUnix(server->socket);
        if (server->client->err == 0)
            return;
        redisFree(server->client);
        usleep(10000);
    }
    fail_msg("redis-server does not start");
}

static inline void redis_server_end(struct redis_server *server)
{
    redisFree(server->client);
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    unlink(server->socket);
    rmdir(server->directory);
}

#endif
