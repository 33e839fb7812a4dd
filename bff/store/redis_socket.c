/* See redis_socket.h. Dialling is in redis_socket_dial.c. */
#include <errno.h>
#include <sys/socket.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/store/redis_socket.h"
#include "bff/store/redis_socket_dial.h"
#include "bff/upstream/tls.h"

#define READ_BYTES ((size_t)16 * 1024)
#define KEPT_BYTES ((size_t)64 * 1024) /* memory that is kept for the next commands */
#define READS 64       /* in one step, so that one connection does not stop the loop */
#define TEXTS_SHORT 32 /* texts of a command for which no memory is allocated */

void redis_socket_close(struct redis_socket *socket)
{
    h2o_timeout_unlink(&socket->step);
    socket->is_looking_up = false;
    tls_end(socket->tls);
    if (socket->socket != NULL)
        h2o_socket_close(socket->socket);
    socket->tls = NULL;
    socket->socket = NULL;
    socket->is_open = false;
    socket->opening++;
    socket->fault = REDIS_FAULT_NONE;
    redis_reader_end(&socket->reader);
    text_builder_free(&socket->out);
    socket->sent = 0;
}

void redis_socket_dispose(struct redis_socket *socket)
{
    redis_socket_close(socket);
    resolve_cancel(&socket->addresses);
}

static void break_socket(struct redis_socket *socket, enum redis_fault fault)
{
    redis_socket_close(socket);
    socket->user->broken(socket, fault);
}

/* Writing. */

static void on_writable(h2o_socket_t *socket, const char *error);

/* Returns what send(2) returns, with -1 also when TLS cannot go on now. */
static ssize_t write_some(struct redis_socket *socket, const char *at, size_t len)
{
    size_t sent;

    if (socket->tls == NULL)
        return send(h2o_socket_get_fd(socket->socket), at, len, MSG_NOSIGNAL);
    enum tls_step step = tls_write(socket->tls, at, len, &sent);
    if (step == TLS_DONE)
        return (ssize_t)sent;
    errno = step == TLS_WANT_WRITE ? EAGAIN : step == TLS_WANT_READ ? EINTR : EPIPE;
    return -1;
}

/* Moves the bytes that are left to the front, so that the memory does not grow while some bytes are
 * always left. */
static void move_rest(struct redis_socket *socket)
{
    socket->out.len -= socket->sent;
    memmove(socket->out.at, socket->out.at + socket->sent, socket->out.len);
    socket->sent = 0;
}

/* An error is not reported here, because reading reports it, after the last replies. */
void redis_socket_flush(struct redis_socket *socket)
{
    while (redis_socket_waiting(socket) > 0) {
        ssize_t sent =
            write_some(socket, socket->out.at + socket->sent, redis_socket_waiting(socket));
        if (sent < 0) {
            if (errno == EAGAIN && !h2o_socket_is_writing(socket->socket))
                h2o_socket_notify_write(socket->socket, on_writable);
            move_rest(socket);
            return;
        }
        socket->sent += (size_t)sent;
    }
    socket->sent = 0;
    if (socket->out.capacity > KEPT_BYTES)
        text_builder_free(&socket->out);
    socket->out.len = 0;
}

static void on_writable(h2o_socket_t *socket, const char *error)
{
    redis_socket_flush(socket->data);
}

static void on_step(h2o_timeout_entry_t *entry)
{
    struct redis_socket *socket = H2O_STRUCT_FROM_MEMBER(struct redis_socket, step, entry);

    if (socket->fault != REDIS_FAULT_NONE)
        break_socket(socket, socket->fault);
    else
        redis_socket_flush(socket);
}

static void wait_for_step(struct redis_socket *socket)
{
    socket->step.cb = on_step;
    if (!h2o_timeout_is_linked(&socket->step))
        h2o_timeout_link(socket->on->loop, socket->on->soon, &socket->step);
}

static void add(struct redis_socket *socket, const char **at, size_t *lens, size_t count)
{
    char *command;
    int len = redisFormatCommandArgv(&command, (int)count, at, lens);

    must(len > 0);
    text_builder_add(&socket->out, (struct text){command, (size_t)len});
    redisFreeCommand(command);
}

void redis_socket_send(struct redis_socket *socket, const struct text *texts, size_t count)
{
    const char *short_at[TEXTS_SHORT], **at = short_at;
    size_t short_lens[TEXTS_SHORT], *lens = short_lens;

    must(socket->is_open);
    if (count > TEXTS_SHORT) {
        at = memory_new(count * sizeof(*at));
        lens = memory_new(count * sizeof(*lens));
    }
    for (size_t i = 0; i < count; i++) {
        at[i] = texts[i].len == 0 ? "" : texts[i].at;
        lens[i] = texts[i].len;
    }
    add(socket, at, lens, count);
    if (count > TEXTS_SHORT) {
        memory_free(at);
        memory_free(lens);
    }
    if (!h2o_socket_is_writing(socket->socket))
        wait_for_step(socket);
}

/* Reading. */

/* True while the connection is still the one with the number ${opening}. A callback may have closed
 * it and opened another one. */
static bool is_still(const struct redis_socket *socket, unsigned opening)
{
    return socket->opening == opening && socket->is_open;
}

/* Returns false when the connection is over. */
static bool take_bytes(struct redis_socket *socket, const char *bytes, size_t len)
{
    unsigned opening = socket->opening;
    struct redisReply *reply;
    enum redis_reader_step step;

    redis_reader_feed(&socket->reader, bytes, len);
    while ((step = redis_reader_next(&socket->reader, &reply)) == REDIS_READER_REPLY) {
        socket->user->replied(socket, reply);
        freeReplyObject(reply);
        if (!is_still(socket, opening))
            return false;
    }
    if (step == REDIS_READER_MORE)
        return true;
    break_socket(socket, REDIS_FAULT_PROTOCOL);
    return false;
}

/* The next two return the number of bytes; 0 when nothing has come; -1 when the connection has
 * ended. */

static ssize_t read_tls(struct redis_socket *socket, char bytes[READ_BYTES])
{
    size_t len;

    switch (tls_read(socket->tls, bytes, READ_BYTES, &len)) {
    case TLS_DONE:
        return (ssize_t)len;
    case TLS_WANT_READ:
    case TLS_WANT_WRITE:
        return 0;
    default:
        return -1;
    }
}

static ssize_t read_plain(struct redis_socket *socket, char bytes[READ_BYTES])
{
    ssize_t got = recv(h2o_socket_get_fd(socket->socket), bytes, READ_BYTES, MSG_DONTWAIT);

    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    return got > 0 ? got : -1;
}

void redis_socket_read(struct redis_socket *socket)
{
    char bytes[READ_BYTES];

    for (unsigned i = 0; i < READS && socket->is_open; i++) {
        ssize_t got = socket->tls == NULL ? read_plain(socket, bytes) : read_tls(socket, bytes);
        if (got < 0) {
            break_socket(socket, REDIS_FAULT_RESET);
            return;
        }
        if (got == 0 || !take_bytes(socket, bytes, (size_t)got))
            return;
        if (socket->tls == NULL && (size_t)got < READ_BYTES)
            return;
    }
}

/* A write of TLS may have waited for bytes of the peer. */
static void on_readable(h2o_socket_t *watched, const char *error)
{
    struct redis_socket *socket = watched->data;
    unsigned opening = socket->opening;

    redis_socket_read(socket);
    if (is_still(socket, opening) && socket->tls != NULL && redis_socket_waiting(socket) > 0)
        wait_for_step(socket);
}

/* For redis_socket_dial.c. */

void redis_socket_opened(struct redis_socket *socket)
{
    h2o_socket_dont_read(socket->socket, 1);
    h2o_socket_read_start(socket->socket, on_readable);
    redis_reader_begin(&socket->reader);
    socket->is_open = true;
    socket->user->opened(socket);
}

void redis_socket_fail(struct redis_socket *socket, enum redis_fault fault)
{
    socket->fault = fault;
    wait_for_step(socket);
}
