/*
 * The services of the benchmark: all seven services in one thread. They must be as fast as
 * possible, so that the benchmark measures the gateway and not the services. They speak HTTP/1.1 on
 * kept connections and only know GET. Each has a free port, and the first line on standard output
 * has the ports. Where the kernel allows it, all reads and writes of one step of the loop are made
 * with one system call: the services share their core with the clients, and the gateway must reach
 * its limit first.
 *
 * The id in a request chooses the answer: "small...", "medium...", "twenty..." (20 KiB) and
 * "large..." give a body of that size, and "slow..." gives a small body after 20 ms. A target with
 * a query gets a list, and so does every target of a service that only has lists. Any other target
 * gets a record with that id. With a number as argument, every answer waits so many milliseconds.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "bff/loop/uring.h"
#include "tests/bench/services/body.h"

#define DELAY_NS 20000000
#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
#define ID_MAX 64
#define SHORT_BYTES 8192 /* an answer that is copied together */

/* A listening socket has nothing but its first two members. */
struct connection {
    int fd;
    enum body_service service;
    bool is_listening, is_waiting, is_closed;
    size_t in_len;
    char in[8192];
    char head[512];
    struct iovec out[2]; /* what has not been sent: the head, the body */
    int64_t due_ns;
    struct connection *next; /* of those who wait, the next to be due */
};

/* What is read, or sent, together. */
struct lot {
    struct uring_call calls[URING_CALLS];
    struct connection *whose[URING_CALLS];
    size_t count;
};

static int loop;
static struct uring *uring; /* NULL: there is none here */
static struct lot reads, sends;
static char sent_bytes[URING_CALLS][SHORT_BYTES];
static struct connection *first_due, **last_due = &first_due;
static char date[64];
static int64_t delay_ns = DELAY_NS;
static bool always_waits;

static int64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void watch(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};

    if (epoll_ctl(loop, EPOLL_CTL_MOD, connection->fd, &event) != 0)
        epoll_ctl(loop, EPOLL_CTL_ADD, connection->fd, &event);
}

/* One that waits stays in the queue, and goes when it is due. */
static void end(struct connection *connection)
{
    close(connection->fd);
    connection->is_closed = true;
    if (!connection->is_waiting)
        free(connection);
}

/* False: there is more to send. */
static bool has_sent(struct connection *connection, ssize_t sent)
{
    struct iovec *out = connection->out;

    if (sent < 0)
        sent = 0; /* full; or broken, which the next event tells */
    for (int i = 0; i < 2; i++) {
        size_t part = (size_t)sent < out[i].iov_len ? (size_t)sent : out[i].iov_len;
        out[i].iov_base = (char *)out[i].iov_base + part;
        out[i].iov_len -= part;
        sent -= (ssize_t)part;
    }
    return out[0].iov_len + out[1].iov_len == 0;
}

static bool send_out(struct connection *connection)
{
    struct msghdr all = {.msg_iov = connection->out, .msg_iovlen = 2};

    return has_sent(connection, sendmsg(connection->fd, &all, MSG_DONTWAIT));
}

static void make_calls(struct lot *lot)
{
    for (size_t i = 0; i < lot->count; i++)
        uring_add(uring, &lot->calls[i]);
    uring_run(uring);
}

static void send_all(void)
{
    make_calls(&sends);
    for (size_t i = 0; i < sends.count; i++)
        if (!has_sent(sends.whose[i], sends.calls[i].result))
            watch(sends.whose[i], EPOLLIN | EPOLLOUT);
    sends.count = 0;
}

/* A short answer goes with others at the end of the step. */
static void send_soon(struct connection *connection)
{
    const struct iovec *out = connection->out;
    size_t len = out[0].iov_len + out[1].iov_len;
    char *bytes = sent_bytes[sends.count];

    if (uring == NULL || len > SHORT_BYTES) {
        if (!send_out(connection))
            watch(connection, EPOLLIN | EPOLLOUT);
        return;
    }
    memcpy(bytes, out[0].iov_base, out[0].iov_len);
    memcpy(bytes + out[0].iov_len, out[1].iov_base, out[1].iov_len);
    sends.calls[sends.count] =
        (struct uring_call){.is_send = true, .fd = connection->fd, .at = bytes, .len = len};
    sends.whose[sends.count++] = connection;
    if (sends.count == URING_CALLS)
        send_all();
}

static bool is_sending(const struct connection *connection)
{
    return connection->out[0].iov_len + connection->out[1].iov_len != 0;
}

/* The id in a target that ends at ${end}: of "/users/small", "/reviews?productId=small",
 * "/orders?userId=small&limit=5" and "/notifications/small?unread=true" it is "small". */
static const char *find_id(const char *target, const char *end, size_t *len)
{
    const char *query = memchr(target, '?', (size_t)(end - target));
    const char *value = query == NULL ? NULL : memmem(query, (size_t)(end - query), "Id=", 3);
    const char *id = target, *stop = value == NULL && query != NULL ? query : end;

    if (value != NULL) {
        id = value + 3;
        value = memchr(id, '&', (size_t)(end - id));
        stop = value == NULL ? end : value;
    } else {
        for (const char *at = target; at < stop; at++)
            id = *at == '/' ? at + 1 : id;
    }
    *len = (size_t)(stop - id) < ID_MAX ? (size_t)(stop - id) : ID_MAX;
    return id;
}

static enum body_size size_of(const char *id)
{
    return id[0] == 'm' ? MEDIUM : id[0] == 'l' ? LARGE : id[0] == 't' ? TWENTY : SMALL;
}

static bool wants_list(enum body_service service, const char *target, const char *end)
{
    return service == RECOMMENDATIONS || service == NOTIFICATIONS ||
           memchr(target, '?', (size_t)(end - target)) != NULL;
}

static void make_answer(struct connection *connection, const char *target, const char *end)
{
    size_t id_len, start_len = 0;
    const char *id = find_id(target, end, &id_len);
    bool is_list = wants_list(connection->service, target, end);
    struct body body = is_list ? body_list(connection->service, size_of(id))
                               : body_record(connection->service, size_of(id));
    char start[ID_MAX + 16] = "";

    if (!is_list)
        start_len = (size_t)snprintf(start, sizeof(start), "{\"id\":\"%.*s\"", (int)id_len, id);
    int len = snprintf(connection->head, sizeof(connection->head), HEAD "%zu\r\nDate: %s\r\n\r\n%s",
                       start_len + body.len, date, start);
    connection->out[0] = (struct iovec){connection->head, (size_t)len};
    connection->out[1] = (struct iovec){body.at, body.len};
    connection->is_waiting = always_waits || (id_len > 1 && id[0] == 's' && id[1] == 'l');
}

static void wait_its_turn(struct connection *connection)
{
    connection->due_ns = now_ns() + delay_ns;
    connection->next = NULL;
    *last_due = connection;
    last_due = &connection->next;
}

static void answer(struct connection *connection)
{
    char *head_end = memmem(connection->in, connection->in_len, "\r\n\r\n", 4);
    char *target, *target_end;

    if (head_end == NULL || connection->is_waiting || is_sending(connection))
        return;
    target = memchr(connection->in, ' ', (size_t)(head_end - connection->in));
    target_end = target == NULL ? NULL : memchr(target + 1, ' ', (size_t)(head_end - target - 1));
    if (target_end == NULL) {
        shutdown(connection->fd, SHUT_RDWR);
        return;
    }

    make_answer(connection, target + 1, target_end);
    connection->in_len -= (size_t)(head_end + 4 - connection->in);
    memmove(connection->in, head_end + 4, connection->in_len);
    if (connection->is_waiting)
        wait_its_turn(connection);
    else
        send_soon(connection);
}

static void has_read(struct connection *connection, ssize_t len)
{
    if (len <= 0) {
        end(connection);
        return;
    }
    connection->in_len += (size_t)len;
    answer(connection);
}

static void read_all(void)
{
    make_calls(&reads);
    for (size_t i = 0; i < reads.count; i++)
        has_read(reads.whose[i], reads.calls[i].result);
    reads.count = 0;
}

static void read_more(struct connection *connection)
{
    struct uring_call call = {
        .fd = connection->fd,
        .at = connection->in + connection->in_len,
        .len = sizeof(connection->in) - connection->in_len,
    };

    if (uring == NULL) {
        has_read(connection, recv(call.fd, call.at, call.len, MSG_DONTWAIT));
        return;
    }
    reads.calls[reads.count] = call;
    reads.whose[reads.count++] = connection;
    if (reads.count == URING_CALLS)
        read_all();
}

static void write_more(struct connection *connection)
{
    if (!send_out(connection))
        return;
    watch(connection, EPOLLIN);
    answer(connection);
}

static void answer_those_due(void)
{
    while (first_due != NULL && first_due->due_ns <= now_ns()) {
        struct connection *due = first_due;

        first_due = due->next;
        if (first_due == NULL)
            last_due = &first_due;
        due->is_waiting = false;
        if (due->is_closed)
            free(due);
        else if (!send_out(due))
            watch(due, EPOLLIN | EPOLLOUT);
    }
}

static void accept_all(struct connection *listener)
{
    int fd, on = 1;

    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof(*connection));

        if (connection == NULL)
            abort();
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        connection->fd = fd;
        connection->service = listener->service;
        watch(connection, EPOLLIN);
    }
}

/* Returns the port. */
static unsigned listen_for(struct connection *listener, enum body_service service)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    listener->service = service;
    listener->is_listening = true;
    if (bind(listener->fd, (struct sockaddr *)&address, len) != 0 ||
        listen(listener->fd, 4096) != 0 ||
        getsockname(listener->fd, (struct sockaddr *)&address, &len) != 0) {
        perror("listen");
        exit(1);
    }
    watch(listener, EPOLLIN);
    return ntohs(address.sin_port);
}

static void on_event(struct connection *connection, uint32_t events)
{
    if (connection->is_listening)
        accept_all(connection);
    else if ((events & EPOLLOUT) != 0 && (events & (EPOLLERR | EPOLLHUP)) == 0)
        write_more(connection);
    else
        read_more(connection);
}

static void write_date(void)
{
    static time_t written;
    time_t now = time(NULL);

    if (now == written)
        return;
    written = now;
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
}

static void wait_once(void)
{
    struct epoll_event events[256];
    struct timespec until = {.tv_sec = 1};

    if (first_due != NULL) {
        int64_t left_ns = first_due->due_ns - now_ns();
        until = (struct timespec){.tv_nsec = left_ns > 0 ? left_ns : 0};
    }
    int count = epoll_pwait2(loop, events, 256, &until, NULL);

    write_date();
    for (int i = 0; i < count; i++)
        on_event(events[i].data.ptr, events[i].events);
    if (uring != NULL) {
        read_all();
        send_all();
    }
    answer_those_due();
}

int main(int argc, char **argv)
{
    struct connection *listeners = calloc(BODY_SERVICES, sizeof(*listeners));

    if (argc > 1) {
        always_waits = true;
        delay_ns = atoi(argv[1]) * INT64_C(1000000);
    }
    signal(SIGPIPE, SIG_IGN);
    body_make_all();
    loop = epoll_create1(EPOLL_CLOEXEC);
    uring = uring_new();
    if (listeners == NULL || loop < 0)
        abort();
    printf("{\"event\":\"ready\",\"services\":{");
    for (unsigned i = 0; i < BODY_SERVICES; i++)
        printf("%s\"%s\":\"http://127.0.0.1:%u\"", i == 0 ? "" : ",", body_service_names[i],
               listen_for(&listeners[i], i));
    printf("}}\n");
    fflush(stdout);
    for (;;)
        wait_once();
}
