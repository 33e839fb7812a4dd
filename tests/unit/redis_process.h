/* A real redis-server, in a temporary directory and on a free port of 127.0.0.1. It ends with the
 * test. */
#ifndef TESTS_UNIT_REDIS_PROCESS_H
#define TESTS_UNIT_REDIS_PROCESS_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/check.h"

struct redis_process {
    char directory[32];
    const char *config; /* more lines of its configuration */
    uint16_t port;
    pid_t pid; /* 0: not running */
};

/* Returns a port below those that the system gives to clients. So nobody takes it while the server
 * is down. */
static inline uint16_t redis_process_free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    do
        at.sin_port = htons((uint16_t)(10000 + arc4random_uniform(20000)));
    while (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0);
    close(fd);
    return ntohs(at.sin_port);
}

static inline void redis_process_write_config(const struct redis_process *process)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/redis.conf", process->directory);
    FILE *file = fopen(path, "w");
    must(file != NULL);
    fprintf(file, "bind 127.0.0.1\nport %u\ndir %s\nsave \"\"\nloglevel warning\n%s",
            (unsigned)process->port, process->directory, process->config);
    fclose(file);
}

static inline bool redis_process_accepts(const struct redis_process *process)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons(process->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = connect(fd, (struct sockaddr *)&at, sizeof(at));

    close(fd);
    return failed == 0;
}

static inline void redis_process_await(const struct redis_process *process)
{
    for (unsigned tries = 0; !redis_process_accepts(process); tries++) {
        must(tries < 5000);
        usleep(2000);
    }
}

/* Returns when the server accepts connections. ${mode}: "--sentinel", or NULL. */
static inline void redis_process_start(struct redis_process *process, const char *mode)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/redis.conf", process->directory);
    process->pid = fork();
    must(process->pid >= 0);
    if (process->pid > 0) {
        redis_process_await(process);
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    execlp("redis-server", "redis-server", path, mode, (char *)NULL);
    _exit(127);
}

/* Makes the directory of a server. ${config} is borrowed. */
static inline void redis_process_make(struct redis_process *process, const char *config)
{
    *process = (struct redis_process){.config = config, .port = redis_process_free_port()};
    strcpy(process->directory, "/tmp/bff-redis-XXXXXX");
    must(mkdtemp(process->directory) != NULL);
    redis_process_write_config(process);
}

/* Makes a server and starts it. */
static inline void redis_process_begin(struct redis_process *process, const char *config)
{
    redis_process_make(process, config);
    redis_process_start(process, NULL);
}

static inline void redis_process_kill(struct redis_process *process)
{
    int status = 0;

    if (process->pid == 0)
        return;
    kill(process->pid, SIGKILL);
    must(waitpid(process->pid, &status, 0) == process->pid);
    if (WIFEXITED(status))
        fail_msg("redis-server has ended by itself, with %d", WEXITSTATUS(status));
    process->pid = 0;
}

static inline int redis_process_remove(const char *path, const struct stat *status, int kind,
                                       struct FTW *place)
{
    return remove(path);
}

static inline void redis_process_end(struct redis_process *process)
{
    redis_process_kill(process);
    nftw(process->directory, redis_process_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
