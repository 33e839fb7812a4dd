/*
 * The least work with which a gateway can answer a dashboard on one core: an epoll loop that asks
 * the four services on kept connections and joins their bodies. It checks nothing, has no time
 * limits and handles no errors. So it is not a real server: it is a lower bound for comparisons.
 *
 *     USERS_URL=http://127.0.0.1:3000 ORDERS_URL=... bench_floor PORT
 *
 * With PORT 0 the kernel chooses a free port. The first line on standard output has the port.
 */
#include <arpa/inet.h>
#include <errno.h>
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

#define PARTS 4
#define PIECES (2 * PARTS + 2) /* the head, a name and a body for each part, the end */

static const struct {
    const char *variable, *target, *name;
} rows[PARTS] = {
    {"USERS_URL", "/users/%s", "{\"user\":"},
    {"ORDERS_URL", "/orders?userId=%s&limit=5", ",\"recentOrders\":"},
    {"RECOMMENDATIONS_URL", "/recommendations/%s", ",\"recommendations\":"},
    {"NOTIFICATIONS_URL", "/notifications/%s?unread=true", ",\"unreadNotifications\":"},
};

struct buffer {
    char *at;
    size_t len, room;
};

/* What epoll tells of: the listening socket, a client or one of its four services. */
struct source {
    int fd;
    struct client *client; /* NULL: the listening socket */
};

struct part {
    struct source source;
    struct buffer in;
    size_t head_len, body_len; /* 0 until the head is there */
};

struct client {
    struct source source;
    struct buffer in, rest; /* rest: of an answer that the socket did not take at once */
    size_t rest_sent;
    struct part parts[PARTS];
    unsigned left; /* parts that are awaited */
    struct client *next_unused;
};

static int loop;
static uint16_t ports[PARTS];
static struct client *unused;

static void make_room(struct buffer *buffer, size_t len)
{
    if (buffer->room - buffer->len >= len)
        return;
    buffer->room = buffer->room * 2 > buffer->len + len ? buffer->room * 2 : buffer->len + len;
    buffer->at = realloc(buffer->at, buffer->room);
    if (buffer->at == NULL)
        abort();
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void watch(struct source *source, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};

    source->fd = fd;
    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
}

static int dial(uint16_t port)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(port);

    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static void end(struct client *client)
{
    close(client->source.fd);
    for (int i = 0; i < PARTS; i++) {
        if (client->parts[i].source.fd != 0)
            close(client->parts[i].source.fd);
        client->parts[i].source.fd = 0;
    }
    client->source.fd = 0;
    client->left = 0;
    client->in.len = client->rest.len = client->rest_sent = 0;
    client->next_unused = unused;
    unused = client;
}

static void ask(struct client *client, int i, const char *id)
{
    struct part *part = &client->parts[i];
    char target[128], request[256];

    if (part->source.fd == 0) {
        part->source.client = client;
        watch(&part->source, dial(ports[i]), EPOLLIN | EPOLLET);
    }
    snprintf(target, sizeof(target), rows[i].target, id);
    int len = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                       target, ports[i]);
    part->in.len = part->head_len = part->body_len = 0;
    if (send(part->source.fd, request, (size_t)len, 0) != len)
        abort();
}

/* Begins with the next request, if one is there and none is under way. */
static void begin(struct client *client)
{
    char *head_end = memmem(client->in.at, client->in.len, "\r\n\r\n", 4), *id;

    if (head_end == NULL || client->left != 0 || client->rest.len != 0)
        return;
    id = memchr(client->in.at, ' ', client->in.len);
    *strchr(id + 1, ' ') = '\0';
    id = strrchr(id + 1, '/') + 1;
    client->left = PARTS;
    for (int i = 0; i < PARTS; i++)
        ask(client, i, id);
    client->in.len -= (size_t)(head_end + 4 - client->in.at);
    memmove(client->in.at, head_end + 4, client->in.len);
}

static void keep_rest(struct client *client, const struct iovec *pieces, size_t sent)
{
    for (int i = 0; i < PIECES; i++) {
        size_t skip = sent < pieces[i].iov_len ? sent : pieces[i].iov_len;
        size_t len = pieces[i].iov_len - skip;

        make_room(&client->rest, len);
        memcpy(client->rest.at + client->rest.len, (char *)pieces[i].iov_base + skip, len);
        client->rest.len += len;
        sent -= skip;
    }
}

static int print_end(char *to, size_t room)
{
    struct timespec time;
    struct tm utc;
    char second[32];

    clock_gettime(CLOCK_REALTIME, &time);
    strftime(second, sizeof(second), "%FT%T", gmtime_r(&time.tv_sec, &utc));
    return snprintf(to, room, ",\"loadedAt\":\"%s.%03ldZ\",\"partialFailure\":false}", second,
                    time.tv_nsec / 1000000);
}

static void answer(struct client *client)
{
    struct iovec pieces[PIECES];
    char head[256], tail[96];
    size_t len = (size_t)print_end(tail, sizeof(tail)), total;

    pieces[PIECES - 1] = (struct iovec){tail, len};
    for (int i = 0; i < PARTS; i++) {
        struct part *part = &client->parts[i];
        size_t name_len = strlen(rows[i].name);

        pieces[2 * i + 1] = (struct iovec){(char *)(uintptr_t)rows[i].name, name_len};
        pieces[2 * i + 2] = (struct iovec){part->in.at + part->head_len, part->body_len};
        len += name_len + part->body_len;
    }
    pieces[0].iov_base = head;
    pieces[0].iov_len = (size_t)snprintf(head, sizeof(head),
                                         "HTTP/1.1 200 OK\r\nContent-Type: application/json; "
                                         "charset=utf-8\r\nContent-Length: %zu\r\n\r\n",
                                         len);
    total = pieces[0].iov_len + len;

    ssize_t sent = writev(client->source.fd, pieces, PIECES);
    if (sent < 0)
        sent = 0;
    if ((size_t)sent < total)
        keep_rest(client, pieces, (size_t)sent);
    else
        begin(client);
}

static void read_head(struct part *part)
{
    static const char name[] = "Content-Length: ";
    char *head_end = memmem(part->in.at, part->in.len, "\r\n\r\n", 4);

    if (head_end == NULL)
        return;
    part->head_len = (size_t)(head_end + 4 - part->in.at);
    char *length = memmem(part->in.at, part->head_len, name, sizeof(name) - 1);
    part->body_len = length == NULL ? 0 : strtoul(length + sizeof(name) - 1, NULL, 10);
    make_room(&part->in, part->head_len + part->body_len);
}

static void read_part(struct part *part)
{
    struct client *client = part->source.client;

    for (;;) {
        make_room(&part->in, 4096);
        ssize_t len = recv(part->source.fd, part->in.at + part->in.len,
                           part->in.room - part->in.len, MSG_DONTWAIT);
        if (len < 0 && errno == EAGAIN)
            return;
        if (len <= 0)
            abort();
        part->in.len += (size_t)len;
        if (part->head_len == 0)
            read_head(part);
        if (part->head_len != 0 && part->in.len >= part->head_len + part->body_len)
            break;
    }
    if (--client->left == 0)
        answer(client);
}

static void read_client(struct client *client)
{
    make_room(&client->in, 2048);
    ssize_t len = recv(client->source.fd, client->in.at + client->in.len,
                       client->in.room - client->in.len, MSG_DONTWAIT);

    if (len > 0) {
        client->in.len += (size_t)len;
        begin(client);
    }
}

static void write_rest(struct client *client)
{
    ssize_t len = send(client->source.fd, client->rest.at + client->rest_sent,
                       client->rest.len - client->rest_sent, MSG_DONTWAIT);

    if (len < 0 || (client->rest_sent += (size_t)len) < client->rest.len)
        return;
    client->rest.len = client->rest_sent = 0;
    begin(client);
}

static void accept_all(int listener)
{
    int fd, on = 1;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct client *client = unused;

        if (client != NULL)
            unused = client->next_unused;
        else
            client = calloc(1, sizeof(*client));
        if (client == NULL)
            abort();
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        client->source.client = client;
        watch(&client->source, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
}

static void on_event(struct source *source, uint32_t events)
{
    struct client *client = source->client;

    if (source->fd == 0)
        return; /* ended earlier in this round */
    if (client == NULL) {
        accept_all(source->fd);
    } else if (source != &client->source) {
        read_part((struct part *)source);
    } else if ((events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0) {
        end(client);
    } else {
        if ((events & EPOLLOUT) != 0 && client->rest.len != 0)
            write_rest(client);
        if ((events & EPOLLIN) != 0)
            read_client(client);
    }
}

static void listen_on(struct source *listener, uint16_t port)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = loopback(port);
    socklen_t len = sizeof(address);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        perror("listen");
        exit(1);
    }
    watch(listener, fd, EPOLLIN);
    printf("{\"event\":\"ready\",\"listen\":[\"http://127.0.0.1:%u\"]}\n", ntohs(address.sin_port));
    fflush(stdout);
}

static uint16_t port_of(const char *variable)
{
    const char *url = getenv(variable);
    const char *port = url == NULL ? NULL : strrchr(url, ':');

    if (port == NULL) {
        fprintf(stderr, "%s is not set\n", variable);
        exit(2);
    }
    return (uint16_t)atoi(port + 1);
}

int main(int argc, char **argv)
{
    static struct source listener;

    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < PARTS; i++)
        ports[i] = port_of(rows[i].variable);
    loop = epoll_create1(0);
    listen_on(&listener, (uint16_t)atoi(argv[argc - 1]));
    for (;;) {
        struct epoll_event events[128];
        int count = epoll_wait(loop, events, 128, -1);
        for (int i = 0; i < count; i++)
            on_event(events[i].data.ptr, events[i].events);
    }
}
