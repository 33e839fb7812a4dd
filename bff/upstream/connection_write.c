/* Writing to a service: see connection.h. */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "bff/base/check.h"
#include "bff/upstream/connection.h"
#include "bff/upstream/tls.h"

/* One TLS record. For one write, at most this number of bytes is copied into one buffer. */
#define RECORD_BYTES ((size_t)16 * 1024)

#define SEND_PIECES 16 /* more than a request has */

static void send_tls(struct connection *connection);

static void end_output(struct connection *connection)
{
    void (*written)(void *cookie) = connection->out.written;

    connection->out = (struct connection_output){0};
    if (written != NULL)
        written(connection->cookie);
}

/* A failed write is ignored, because reading reports the same failure. The service may also have
 * answered before it closed. */
static void on_written(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;

    if (error == NULL && connection->out.pieces != NULL)
        end_output(connection);
}

static void on_tls_writable(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;

    if (error != NULL || connection->out.pieces == NULL)
        return;
    send_tls(connection);
    if (connection->out.count == 0)
        end_output(connection);
}

/* Copies at most ${most} bytes of the pieces to ${into}, without the first ${skip} bytes. Returns
 * the number of bytes copied. */
static size_t gather(const struct connection_output *out, size_t skip, char *into, size_t most)
{
    size_t gathered = 0;

    for (size_t i = 0; i < out->count && gathered < most; i++) {
        h2o_iovec_t piece = out->pieces[i];
        if (skip >= piece.len) {
            skip -= piece.len;
            continue;
        }
        size_t len = piece.len - skip;
        if (len > most - gathered)
            len = most - gathered;
        h2o_memcpy(into + gathered, piece.base + skip, len);
        gathered += len;
        skip = 0;
    }
    return gathered;
}

/* Writes as much as possible now. When all is written, count is 0. */
static void send_tls(struct connection *connection)
{
    struct connection_output *out = &connection->out;
    char record[RECORD_BYTES];
    size_t len, sent;

    while ((len = gather(out, out->sent, record, RECORD_BYTES)) > 0) {
        enum tls_step step = tls_write(connection->tls, record, len, &sent);
        if (step != TLS_BROKEN && step != TLS_ENDED)
            connection->has_sent = true;
        if (step == TLS_WANT_WRITE && !h2o_socket_is_writing(connection->socket))
            h2o_socket_notify_write(connection->socket, on_tls_writable);
        if (step != TLS_DONE)
            return; /* an error is reported by reading */
        out->sent += sent;
    }
    out->count = 0;
}

static size_t length(const struct connection_output *out)
{
    size_t bytes = 0;

    for (size_t i = 0; i < out->count; i++)
        bytes += out->pieces[i].len;
    return bytes;
}

/* Takes the result of a first write: bytes, or -errno. Returns the bytes. After these two errors
 * nothing can be sent any more; after others, libh2o may still send something. */
static size_t note_sent(struct connection *connection, ssize_t result)
{
    if (result != -EPIPE && result != -ECONNRESET)
        connection->has_sent = true;
    return result < 0 ? 0 : (size_t)result;
}

/* Tries to send a short request with one system call, which is cheaper than libh2o's way. Returns
 * the number of bytes that were sent. */
static size_t send_short(struct connection *connection)
{
    char all[BATCH_SEND_BYTES];
    size_t len = gather(&connection->out, 0, all, sizeof(all));
    ssize_t result = send(h2o_socket_get_fd(connection->socket), all, len, MSG_NOSIGNAL);

    return note_sent(connection, result < 0 ? -errno : result);
}

/* The same for a long request. libh2o would do this, too, but it does not tell whether anything
 * was sent. */
static size_t send_long(struct connection *connection)
{
    const struct connection_output *out = &connection->out;
    struct iovec pieces[SEND_PIECES];
    size_t count = out->count < SEND_PIECES ? out->count : SEND_PIECES;

    for (size_t i = 0; i < count; i++)
        pieces[i] = (struct iovec){out->pieces[i].base, out->pieces[i].len};
    ssize_t result =
        sendmsg(h2o_socket_get_fd(connection->socket),
                &(struct msghdr){.msg_iov = pieces, .msg_iovlen = count}, MSG_NOSIGNAL);
    return note_sent(connection, result < 0 ? -errno : result);
}

/* Removes the first ${sent} bytes from the output, because they have been sent. */
static void skip(struct connection_output *out, size_t sent)
{
    for (; sent > 0 && sent >= out->pieces->len; out->pieces++, out->count--)
        sent -= out->pieces->len;
    out->pieces->base += sent;
    out->pieces->len -= sent;
}

/* The first ${sent} bytes have been sent. libh2o sends the others. */
static void send_rest(struct connection *connection, size_t sent)
{
    struct connection_output *out = &connection->out;

    if (sent == length(out)) {
        *out = (struct connection_output){0};
        return;
    }
    skip(out, sent);
    h2o_socket_write(connection->socket, out->pieces, out->count, on_written);
}

static void on_sent(struct batch_call *call, char *at, ssize_t sent)
{
    struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, sending, call);

    send_rest(connection, note_sent(connection, sent));
}

static void send_later(struct connection *connection)
{
    struct batch *batch = connection->endpoint->on->batch;
    size_t len = gather(&connection->out, 0, batch_room(batch), BATCH_SEND_BYTES);

    connection->sending.done = on_sent;
    batch_send(batch, h2o_socket_get_fd(connection->socket), len, &connection->sending);
}

static void write_plain(struct connection *connection)
{
    struct connection_output *out = &connection->out;
    bool is_short = length(out) <= BATCH_SEND_BYTES;

    if (out->written != NULL) /* the callback must come from the loop */
        h2o_socket_write(connection->socket, out->pieces, out->count, on_written);
    else if (is_short && connection->endpoint->on->batch != NULL)
        send_later(connection);
    else
        send_rest(connection, is_short ? send_short(connection) : send_long(connection));
}

static bool send_plain(struct connection *connection)
{
    struct connection_output *out = &connection->out;
    size_t sent = send_long(connection);

    if (sent == length(out))
        return true;
    skip(out, sent);
    h2o_socket_write(connection->socket, out->pieces, out->count, on_written);
    return false;
}

bool connection_send(struct connection *connection, const struct connection_output *out)
{
    bool is_done;

    must(connection->out.pieces == NULL && connection->is_asking);
    connection->out = *out;
    if (connection->tls == NULL) {
        is_done = send_plain(connection);
    } else {
        connection->out.sent = 0;
        send_tls(connection);
        is_done = connection->out.count == 0 && !h2o_socket_is_writing(connection->socket);
    }
    if (is_done)
        connection->out = (struct connection_output){0};
    return is_done;
}

/* Bytes that still wait in the socket's buffer are not counted, because a slow service has not
 * taken them. */
struct connection_progress connection_progress(const struct connection *connection)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    int fd = h2o_socket_get_fd(connection->socket);

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return (struct connection_progress){0};
    bool has_all =
        connection->out.pieces == NULL && info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0;
    return (struct connection_progress){
        .acked = info.tcpi_bytes_acked,
        .has_all = has_all,
        .is_sent = has_all && !connection->has_rest,
    };
}

void connection_write(struct connection *connection, const struct connection_output *out)
{
    must(connection->out.pieces == NULL && connection->is_asking);
    connection->out = *out;
    if (connection->tls == NULL) {
        write_plain(connection);
        return;
    }
    connection->out.sent = 0;
    send_tls(connection);
    /* All is written, but the callback must come from the loop, not from here. */
    if (connection->out.count == 0 && out->written != NULL &&
        !h2o_socket_is_writing(connection->socket))
        h2o_socket_notify_write(connection->socket, on_tls_writable);
    else if (connection->out.count == 0 && out->written == NULL)
        connection->out = (struct connection_output){0};
}
