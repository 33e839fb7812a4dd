/*
 * A test of connections to Redis with real sockets and a server on 127.0.0.1 that the test plays.
 * Everything happens in one thread, step by step. The server answers the greeting and ECHO as Redis
 * does, unless the test says otherwise, and notes all commands.
 */
#ifndef TESTS_UNIT_REDIS_STAGE_H
#define TESTS_UNIT_REDIS_STAGE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/store/redis.h"

#include "tests/unit/redis_process.h"

#define STAGE_CONNECTIONS 64
#define STAGE_PATIENCE_MS 20000 /* this machine may be busy; tests of deadlines have others */
#define STAGE_NOTES_BYTES 8192
#define STAGE_HELLO                                                                                \
    "*6\r\n$6\r\nserver\r\n$5\r\nredis\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\n" \
    "master\r\n"

struct stage_connection {
    int fd; /* -1: closed */
    redisReader *reader;
    unsigned reads; /* that brought bytes */
};

/* A server that the test plays. */
struct stage_server {
    int listen; /* -1: it refuses connections */
    uint16_t port;
    struct stage_connection connections[STAGE_CONNECTIONS];
    unsigned accepted, pings;
    bool is_frozen;              /* it reads nothing; the kernel still accepts */
    bool is_silent;              /* it reads, and answers the greeting only */
    const char *hello;           /* the answer to HELLO; NULL: it does not answer */
    const char *pong;            /* to PING */
    const char *answer;          /* to all other commands; NULL: as the command says */
    char got[STAGE_NOTES_BYTES]; /* commands, one in a line, without the greeting */
};

static struct {
    h2o_loop_t *loop;
    h2o_timeout_t soon;
    struct timers timers;
    struct registry *registry;
    struct redis_loop on;
    struct stage_server server;
    struct redis_settings settings;
    char events[STAGE_NOTES_BYTES]; /* "redis_down timeout, redis_up, " */
} stage;

static inline void stage_add(char notes[STAGE_NOTES_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void stage_add(char notes[STAGE_NOTES_BYTES], const char *format, ...)
{
    size_t len = strlen(notes);
    va_list args;

    va_start(args, format);
    vsnprintf(notes + len, STAGE_NOTES_BYTES - len, format, args);
    va_end(args);
}

/* In the place of the log's function. Any thread may call it. */
void log_event(const char *event, const struct log_field *fields)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

    pthread_mutex_lock(&mutex);
    stage_add(stage.events, "%s", event);
    if (fields != NULL)
        stage_add(stage.events, " %.*s", TEXT_ARGS(fields[0].text));
    stage_add(stage.events, ", ");
    pthread_mutex_unlock(&mutex);
}

/* The server. */

static inline void stage_listen(struct stage_server *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons(server->port)};
    socklen_t len = sizeof(at);
    int on = 1;

    server->listen = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(server->listen, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    must(bind(server->listen, (struct sockaddr *)&at, len) == 0);
    must(listen(server->listen, 16) == 0);
    must(getsockname(server->listen, (struct sockaddr *)&at, &len) == 0);
    server->port = ntohs(at.sin_port);
    server->hello = STAGE_HELLO;
    server->pong = "+PONG\r\n";
}

static inline void stage_drop(struct stage_connection *connection)
{
    if (connection->fd < 0)
        return;
    close(connection->fd);
    redisReaderFree(connection->reader);
    connection->fd = -1;
}

/* Closes all connections, as a server does that ends. */
static inline void stage_hang_up(struct stage_server *server)
{
    for (unsigned i = 0; i < server->accepted; i++)
        stage_drop(&server->connections[i]);
}

static inline void stage_refuse(struct stage_server *server)
{
    if (server->listen >= 0)
        close(server->listen);
    server->listen = -1;
}

static inline void stage_say_to(const struct stage_connection *connection, const char *bytes)
{
    ssize_t sent = send(connection->fd, bytes, strlen(bytes), MSG_NOSIGNAL);

    must(sent == (ssize_t)strlen(bytes) || sent == -1); /* the client may have left */
}

/* Sends more bytes on the last connection. */
static inline void stage_say(const char *bytes)
{
    stage_say_to(&stage.server.connections[stage.server.accepted - 1], bytes);
}

static inline void stage_echo(const struct stage_connection *connection, const redisReply *command)
{
    char bytes[512];
    const redisReply *what = command->element[command->elements - 1];

    snprintf(bytes, sizeof(bytes), "$%zu\r\n%.*s\r\n", what->len, (int)what->len, what->str);
    stage_say_to(connection, bytes);
}

static inline void stage_note(struct stage_server *server, const redisReply *command)
{
    for (size_t i = 0; i < command->elements; i++)
        stage_add(server->got, "%s%s", i == 0 ? "" : " ", command->element[i]->str);
    stage_add(server->got, "\n");
}

static inline bool stage_is(const redisReply *command, const char *name)
{
    return strcmp(command->element[0]->str, name) == 0;
}

static inline void stage_obey(struct stage_server *server,
                              const struct stage_connection *connection, const redisReply *command)
{
    const char *greeted = stage_is(command, "HELLO")  ? server->hello
                          : stage_is(command, "PING") ? server->pong
                                                      : NULL;
    bool is_greeting = stage_is(command, "HELLO") || stage_is(command, "PING");

    if (stage_is(command, "PING"))
        server->pings++;
    if (greeted != NULL)
        stage_say_to(connection, greeted);
    if (is_greeting)
        return;
    stage_note(server, command);
    if (stage_is(command, "AUTH") || stage_is(command, "SELECT"))
        stage_say_to(connection, "+OK\r\n");
    else if (!server->is_silent && server->answer != NULL)
        stage_say_to(connection, server->answer);
    else if (!server->is_silent)
        stage_echo(connection, command);
}

static inline void stage_read(struct stage_server *server, struct stage_connection *connection)
{
    char bytes[16384];
    void *command;
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (got == 0)
        stage_drop(connection);
    if (got <= 0)
        return;
    connection->reads++;
    must(redisReaderFeed(connection->reader, bytes, (size_t)got) == REDIS_OK);
    while (connection->fd >= 0) {
        must(redisReaderGetReply(connection->reader, &command) == REDIS_OK);
        if (command == NULL)
            return;
        stage_obey(server, connection, command);
        freeReplyObject(command);
    }
}

static inline void stage_serve(struct stage_server *server)
{
    int fd = server->listen < 0 || server->is_frozen
                 ? -1
                 : accept4(server->listen, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0) {
        must(server->accepted < STAGE_CONNECTIONS);
        server->connections[server->accepted++] =
            (struct stage_connection){.fd = fd, .reader = redisReaderCreate()};
    }
    for (unsigned i = 0; i < server->accepted && !server->is_frozen; i++)
        if (server->connections[i].fd >= 0)
            stage_read(server, &server->connections[i]);
}

/* The play. */

static inline void stage_no_wake(struct timers *timers, int64_t at_ns) {}

static inline void stage_step(void)
{
    stage_serve(&stage.server);
    must(h2o_evloop_run(stage.loop, 1) == 0);
    timers_run(&stage.timers, clock_now_ns());
}

/* Steps until ${ms} have passed. */
static inline void stage_wait(int64_t ms)
{
    int64_t until_ns = clock_now_ns() + ms * CLOCK_MS;

    while (clock_now_ns() < until_ns)
        stage_step();
}

#define stage_until(condition)                                                                     \
    do {                                                                                           \
        for (unsigned steps = 0; !(condition); steps++) {                                          \
            must(steps < 20000);                                                                   \
            stage_step();                                                                          \
        }                                                                                          \
    } while (0)

/* A command, and what its user sees: "a", "nil", "error OOM ...", "down". */
struct stage_command {
    struct redis_command command;
    char seen[256];
    bool is_over;
};

static inline void stage_on_done(struct redis_command *command, enum redis_end end,
                                 const struct redisReply *reply)
{
    struct stage_command *mine = (struct stage_command *)command;

    assert_false(mine->is_over);
    mine->is_over = true;
    assert_true((end == REDIS_DOWN) == (reply == NULL));
    if (end == REDIS_DOWN)
        snprintf(mine->seen, sizeof(mine->seen), "down");
    else if (reply->type == REDIS_REPLY_INTEGER)
        snprintf(mine->seen, sizeof(mine->seen), "%lld", reply->integer);
    else if (reply->type == REDIS_REPLY_ARRAY)
        snprintf(mine->seen, sizeof(mine->seen), "array of %zu", reply->elements);
    else
        snprintf(mine->seen, sizeof(mine->seen), "%s%s",
                 reply->type == REDIS_REPLY_ERROR ? "error " : "",
                 reply->type == REDIS_REPLY_NIL ? "nil" : reply->str);
}

/* Sends ${words}, which are separated by spaces. Returns what redis_send returns. */
static inline bool stage_send_until(struct redis *redis, struct stage_command *command,
                                    const char *words, int64_t until_ns)
{
    struct text texts[16], rest = text_of(words);
    size_t count = 0;

    *command = (struct stage_command){.command = {.done = stage_on_done}};
    while (rest.at != NULL)
        texts[count++] = text_cut(&rest, ' ');
    bool is_sent = redis_send(redis, &command->command, texts, count, until_ns);
    assert_false(command->is_over); /* never from inside redis_send */
    return is_sent;
}

static inline bool stage_send(struct redis *redis, struct stage_command *command, const char *words)
{
    return stage_send_until(redis, command, words, 0);
}

/* Sends a command and returns what its user saw; "not sent" while the connection is down. */
static inline const char *stage_ask(struct redis *redis, const char *words)
{
    static struct stage_command command;

    if (!stage_send(redis, &command, words))
        return "not sent";
    stage_until(command.is_over);
    return command.seen;
}

/* Starts a real server, and points the settings to it. */
static inline void stage_start(struct redis_process *process, const char *config)
{
    redis_process_begin(process, config);
    stage.settings.address.port = process->port;
}

static inline struct redis *stage_redis(void)
{
    return redis_new(&stage.on, stage.registry, &stage.settings);
}

/* Makes a connection that is up. */
static inline struct redis *stage_redis_up(void)
{
    struct redis *redis = stage_redis();

    stage_until(redis_is_up(redis));
    return redis;
}

/* Begin and end. */

static inline int stage_begin(void **state)
{
    memset(&stage, 0, sizeof(stage));
    signal(SIGPIPE, SIG_IGN);
    stage.loop = h2o_evloop_create();
    h2o_timeout_init(stage.loop, &stage.soon, 0);
    timers_init(&stage.timers, stage_no_wake);
    stage.registry = registry_new();
    stage.on =
        (struct redis_loop){.loop = stage.loop, .soon = &stage.soon, .timers = &stage.timers};
    stage_listen(&stage.server);
    stage.settings = (struct redis_settings){
        .is_on = true,
        .address = {"127.0.0.1", stage.server.port},
        .connect_ms = STAGE_PATIENCE_MS,
        .timeout_ms = STAGE_PATIENCE_MS,
    };
    return 0;
}

static inline int stage_end(void **state)
{
    stage_hang_up(&stage.server);
    stage_refuse(&stage.server);
    timers_run(&stage.timers, clock_now_ns());
    registry_free(stage.registry); /* fails when a state has references */
    timers_dispose(&stage.timers);
    h2o_evloop_run(stage.loop, 0);
    h2o_timeout_dispose(stage.loop, &stage.soon);
    h2o_evloop_destroy(stage.loop);
    return 0;
}

#endif
