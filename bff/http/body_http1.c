/* See body_http1.h. */
#include <errno.h>
#include <sys/socket.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/pool.h"
#include "bff/http/body_http1.h"
#include "bff/http/chunks.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

#define TLS_WINDOW_BYTES (256 * 1024) /* of the kernel, for a body that is streamed */

struct http1 {
    struct body body;     /* first: the body is one of these */
    h2o_socket_t *socket; /* its input begins with the body; the next request may follow */
    h2o_buffer_t *head;   /* the earlier input of the socket, with the head of the request */
    struct chunks chunks;
    struct timer deadline;
    size_t here;      /* bytes at the beginning of the input that are those of the body */
    bool is_inviting; /* 100 Continue is being written */
    bool has_window;  /* limit_window was called */
    bool is_kept;     /* the buffer of the body belongs to another by now */
};

/* Takes the next ${bytes} bytes of the socket's input as part of the body. */
static void take(struct http1 *http1, size_t bytes)
{
    struct body *body = &http1->body;

    body->len += bytes;
    if (body->is_discarded)
        h2o_buffer_consume(&http1->socket->input, bytes);
    else
        http1->here += bytes;
    if (body->is_discarded || body->is_streamed) /* the limit of its reader bounds it */
        body->client->used_bytes += bytes;
}

/* Uses the input for a body with a Content-Length. Returns true when the body is whole. */
static bool take_by_length(struct http1 *http1)
{
    size_t came = http1->socket->input->size - http1->here;
    size_t left = http1->body.length - http1->body.len;

    take(http1, came < left ? came : left);
    return http1->body.len == http1->body.length;
}

/* Decodes chunks in place. Returns 1 when the body is whole, 0 when more bytes must arrive, and -1
 * for invalid chunks. */
static int take_chunks(struct http1 *http1)
{
    h2o_buffer_t *input = http1->socket->input;
    size_t at = http1->here, size = 0;
    struct text raw = {input->bytes + at, input->size - at}, piece;
    enum chunks_step step;

    while ((step = chunks_next(&http1->chunks, &raw, &piece)) == CHUNKS_PIECE) {
        memmove(input->bytes + at + size, piece.at, piece.len);
        size += piece.len;
    }
    if (step == CHUNKS_BAD)
        return -1;
    memmove(input->bytes + at + size, raw.at, raw.len);
    input->size = at + size + raw.len;
    take(http1, size);
    return step == CHUNKS_END ? 1 : 0;
}

static void finish(struct http1 *http1, enum body_end end)
{
    if (end == BODY_WHOLE && !http1->body.is_discarded && !http1->body.is_streamed)
        http1->body.h2o->entity = h2o_iovec_init(http1->socket->input->bytes, http1->body.len);
    body_finish(&http1->body, end);
}

/* Processes the bytes that have arrived. When this function returns, the body may already have been
 * freed. */
static void look(struct http1 *http1)
{
    int state = http1->body.length != BODY_NO_LENGTH ? take_by_length(http1) : take_chunks(http1);

    http1->body.has_rest = state == 0;
    if (state == -1)
        finish(http1, BODY_BROKEN);
    else if (http1->body.len > http1->body.limit)
        finish(http1, BODY_TOO_LARGE);
    else if (state == 1)
        finish(http1, BODY_WHOLE);
    else if (http1->body.is_streamed && http1->here > 0)
        body_arrive(&http1->body);
}

/* Returns the body that ${socket} receives: an HTTP/1.1 connection has one body at a time. Returns
 * NULL when the request of the body has ended. */
static struct http1 *of_socket(h2o_socket_t *socket)
{
    struct client *client = socket->on_close.data;

    if (h2o_linklist_is_empty(&client->bodies))
        return NULL;
    return (struct http1 *)H2O_STRUCT_FROM_MEMBER(struct body, link, client->bodies.next);
}

static void on_read(h2o_socket_t *socket, const char *error)
{
    struct http1 *http1 = of_socket(socket);

    if (error != NULL)
        finish(http1, BODY_LEFT);
    else
        look(http1);
}

/* The same for a body that is streamed. libh2o would read all that there is, so it only reports
 * that the socket is readable. With TLS it must read by itself. */
static void on_readable(h2o_socket_t *socket, const char *error)
{
    struct http1 *http1 = of_socket(socket);
    h2o_iovec_t room = h2o_buffer_reserve(&socket->input, BODY_PIECE_BYTES);
    ssize_t got;

    do
        got = recv(h2o_socket_get_fd(socket), room.base, BODY_PIECE_BYTES, 0);
    while (got == -1 && errno == EINTR);
    if (got > 0) {
        socket->input->size += (size_t)got;
        look(http1);
    } else if (got == 0 || errno != EAGAIN) {
        finish(http1, BODY_LEFT);
    }
}

/* With TLS, libh2o reads and decrypts all that the kernel has. So the kernel must not have much. */
static void limit_window(struct http1 *http1)
{
    int bytes = TLS_WINDOW_BYTES, fd = h2o_socket_get_fd(http1->socket);

    if (!http1->has_window && http1->socket->ssl != NULL && http1->body.is_streamed)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    http1->has_window = true;
}

static void read_on(struct http1 *http1)
{
    bool reads_itself = http1->body.is_streamed && http1->socket->ssl == NULL;

    limit_window(http1);
    h2o_socket_dont_read(http1->socket, reads_itself);
    h2o_socket_read_start(http1->socket, reads_itself ? on_readable : on_read);
}

static void on_invited(h2o_socket_t *socket, const char *error)
{
    struct http1 *http1 = of_socket(socket);

    if (http1 == NULL)
        return;
    http1->is_inviting = false;
    if (error != NULL)
        finish(http1, BODY_LEFT);
    else if (http1->body.is_read)
        read_on(http1);
}

/* A client that has sent some of its body already does not wait for 100 Continue. */
static void invite(struct http1 *http1)
{
    static h2o_iovec_t go_on = {H2O_STRLIT("HTTP/1.1 100 Continue\r\n\r\n")};

    http1->body.is_awaited = false;
    http1->is_inviting = true;
    h2o_socket_write(http1->socket, &go_on, 1, on_invited);
}

static void set_deadline(struct http1 *http1);

/* Handles the client as if it had left: the current or the next read fails. */
static void on_deadline(struct timer *timer)
{
    struct http1 *http1 = H2O_STRUCT_FROM_MEMBER(struct http1, deadline, timer);

    if (body_keeps_pace(&http1->body))
        set_deadline(http1);
    else
        shutdown(h2o_socket_get_fd(http1->socket), SHUT_RD);
}

/* Limits the time for the whole body. Otherwise a client could send a body, chunk extensions and
 * trailers in small pieces for any length of time. */
static void set_deadline(struct http1 *http1)
{
    struct worker *worker = http1->body.client->worker;
    uint32_t in_ms = limits_whole_body_ms(&worker->settings->http->limits);

    http1->deadline.fire = on_deadline;
    timer_set(worker_timers(worker), &http1->deadline, clock_now_ns() + in_ms * CLOCK_MS);
}

static void start(struct body *body)
{
    struct http1 *http1 = (struct http1 *)body;

    set_deadline(http1);
    if (body->is_discarded) {
        must(!http1->is_inviting);
        h2o_buffer_consume(&http1->socket->input, http1->here);
        http1->here = 0;
    } else if (body->is_awaited) {
        invite(http1);
        return;
    }
    if (!http1->is_inviting)
        read_on(http1);
}

static void pause_reading(struct body *body)
{
    struct http1 *http1 = (struct http1 *)body;

    if (http1->is_inviting)
        return;
    h2o_socket_read_stop(http1->socket);
    h2o_socket_dont_read(http1->socket, 0);
}

static void stop(struct body *body)
{
    struct http1 *http1 = (struct http1 *)body;

    timer_clear(worker_timers(body->client->worker), &http1->deadline);
    if (body->is_read)
        pause_reading(body);
}

static struct text piece(struct body *body)
{
    const struct http1 *http1 = (struct http1 *)body;

    return (struct text){http1->socket->input->bytes, http1->here};
}

static void use(struct body *body)
{
    struct http1 *http1 = (struct http1 *)body;

    h2o_buffer_consume(&http1->socket->input, http1->here);
    http1->here = 0;
}

static void wait_for_more(struct body *body)
{
    struct http1 *http1 = (struct http1 *)body;

    if (!timer_is_set(&http1->deadline))
        set_deadline(http1);
    if (body->is_awaited)
        invite(http1);
    else if (!http1->is_inviting)
        read_on(http1);
}

static h2o_buffer_t *keep(struct body *body)
{
    struct http1 *http1 = (struct http1 *)body;

    http1->is_kept = true;
    return http1->socket->input;
}

static const struct body_source source = {.read = start,
                                          .stop = stop,
                                          .piece = piece,
                                          .use = use,
                                          .wait = wait_for_more,
                                          .pause = pause_reading,
                                          .keep = keep};

/*
 * Runs before libh2o removes the head from the socket's input. So it puts the head back into the
 * input, followed by the bytes of the next request. After an incomplete body there is no next
 * request, because the connection ends.
 */
static void dispose(void *object)
{
    struct http1 *http1 = object;
    h2o_buffer_t *input = http1->socket->input;
    size_t at = http1->here;
    bool is_whole = http1->body.is_over && http1->body.end == BODY_WHOLE;

    body_dispose(&http1->body);
    http1->socket->input = http1->head;
    if (is_whole && input->size > at) {
        size_t rest = input->size - at;
        h2o_iovec_t to = h2o_buffer_reserve(&http1->socket->input, rest);
        memcpy(to.base, input->bytes + at, rest);
        http1->socket->input->size += rest;
    }
    if (!http1->is_kept)
        h2o_buffer_dispose(&input);
}

/* Moves the bytes after the head to a buffer of their own. */
static void part_from_head(struct http1 *http1, size_t head_bytes)
{
    h2o_buffer_t *head = http1->socket->input;
    size_t rest = head->size - head_bytes;

    http1->head = head;
    h2o_buffer_init(&http1->socket->input, &h2o_socket_buffer_prototype);
    if (rest > 0) {
        h2o_iovec_t to = h2o_buffer_reserve(&http1->socket->input, rest);
        memcpy(to.base, head->bytes + head_bytes, rest);
        http1->socket->input->size = rest;
    }
    head->size = head_bytes;
}

void body_http1_begin(const struct body_http1_head *head)
{
    h2o_req_t *h2o = head->h2o;
    struct http1 *http1 = pool_shared(pool_of(&h2o->pool), sizeof(*http1), dispose);

    http1->socket = h2o->conn->callbacks->get_socket(h2o->conn);
    body_begin(&http1->body, h2o, &source, head->length);
    part_from_head(http1, head->bytes);
    http1->body.is_awaited = head->expects && http1->socket->input->size == 0;
    if (http1->socket->input->size > 0)
        look(http1);
}

struct text body_http1_head_bytes(const struct body *body)
{
    const struct http1 *http1 = (const struct http1 *)body;

    return (struct text){http1->head->bytes, http1->head->size};
}
