/* See client_proxy.h. */
#include <errno.h>

#include "bff/base/ip.h"
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/memory.h"
#include "bff/http/client_proxy.h"
#include "bff/http/proxy_header.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

struct client_proxy {
    char bytes[PROXY_HEADER_MOST];
    size_t len;
    bool is_read;  /* the header is known */
    size_t unread; /* bytes of its end that have not been received */
    struct proxy_header header;
    void (*known)(struct client *client);
};

enum fault { UNTRUSTED, BAD, INCOMPLETE, FAULTS };

static const struct text fault_names[] = {
    [UNTRUSTED] = {"untrusted", 9}, [BAD] = {"bad", 3}, [INCOMPLETE] = {"incomplete", 10}};

static struct log_pace paces[FAULTS];

/* End. */

void client_proxy_end(struct client *client)
{
    memory_free(client->proxy);
    client->proxy = NULL;
}

/* A connection that has already been reset has no address. A health check ends like that. */
static void log_fault(const struct client *client, enum fault fault)
{
    struct sockaddr_storage address;
    char printed[IP_TEXT];
    struct ip ip;

    if (h2o_socket_getpeername(client->socket, (struct sockaddr *)&address) == 0 ||
        !ip_of((struct sockaddr *)&address, &ip) || !log_pace_is_due(&paces[fault]))
        return;
    log_event("proxy_protocol", (struct log_field[]){{"reason", .text = fault_names[fault]},
                                                     {"client", .text = ip_print(&ip, printed)},
                                                     {0}});
}

/* Nobody gets an answer: it is not known which protocol the other side speaks. */
static void refuse(struct client *client, enum fault fault)
{
    log_fault(client, fault);
    client->is_cut = true; /* its close does not linger */
    h2o_socket_close(client->socket);
}

/* The other side has closed the connection, or time is over. A load balancer that only checks the
 * port sends nothing. */
static void leave(struct client *client)
{
    const struct client_proxy *proxy = client->proxy;

    if (proxy->len > 0 || proxy->is_read)
        refuse(client, INCOMPLETE);
    else
        h2o_socket_close(client->socket);
}

static void finish(struct client *client)
{
    struct client_proxy *proxy = client->proxy;
    void (*known)(struct client * client) = proxy->known;

    if (proxy->header.source_len > 0)
        h2o_socket_setpeername(client->socket, (struct sockaddr *)&proxy->header.source,
                               proxy->header.source_len);
    h2o_socket_read_stop(client->socket);
    h2o_socket_dont_read(client->socket, 0);
    client_proxy_end(client);
    known(client);
}

/* Reading. */

enum step { AGAIN, WAIT, OVER };

/* Whether ${got}, the result of recv, is data; or what it means for the connection. */
static enum step judge(struct client *client, ssize_t got)
{
    if (got > 0)
        return AGAIN;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return WAIT;
    leave(client);
    return OVER;
}

static enum step skip(struct client *client)
{
    struct client_proxy *proxy = client->proxy;
    char bytes[4096];
    size_t most = proxy->unread < sizeof(bytes) ? proxy->unread : sizeof(bytes);

    ssize_t got = recv(h2o_socket_get_fd(client->socket), bytes, most, MSG_DONTWAIT);
    if (got > 0)
        proxy->unread -= (size_t)got;
    return judge(client, got);
}

/* Looks at the next bytes, and takes those that belong to the header. The bytes after the header
 * stay in the socket, for libh2o. */
static enum step look(struct client *client)
{
    struct client_proxy *proxy = client->proxy;
    int fd = h2o_socket_get_fd(client->socket);
    char *at = proxy->bytes + proxy->len;

    ssize_t got = recv(fd, at, sizeof(proxy->bytes) - proxy->len, MSG_PEEK | MSG_DONTWAIT);
    enum step step = judge(client, got);
    if (step != AGAIN)
        return step;
    size_t all = proxy->len + (size_t)got, own = all;
    enum proxy_header_state state = proxy_header_read(proxy->bytes, all, &proxy->header);
    if (state == PROXY_HEADER_BAD) {
        refuse(client, BAD);
        return OVER;
    }
    if (state == PROXY_HEADER_DONE) {
        own = proxy->header.size < all ? proxy->header.size : all;
        proxy->unread = proxy->header.size - own;
        proxy->is_read = true;
    }
    size_t taken = own - proxy->len;
    proxy->len = own;
    return judge(client, recv(fd, at, taken, MSG_DONTWAIT));
}

static void run(struct client *client)
{
    enum step step = AGAIN;

    while (step == AGAIN && !(client->proxy->is_read && client->proxy->unread == 0))
        step = client->proxy->is_read ? skip(client) : look(client);
    if (step == AGAIN)
        finish(client);
}

static void on_readable(h2o_socket_t *socket, const char *error) { run(client_of_socket(socket)); }

static bool is_trusted(const struct client *client)
{
    const struct http_settings *http = client->worker->settings->http;
    struct sockaddr_storage address;

    return h2o_socket_getpeername(client->socket, (struct sockaddr *)&address) > 0 &&
           http->names_clients(http->proxies, (struct sockaddr *)&address);
}

/* Usually the header is there already, because the proxy sends it with the first bytes of its
 * client. */
void client_proxy_begin(struct client *client, void (*known)(struct client *client))
{
    if (!is_trusted(client)) {
        refuse(client, UNTRUSTED);
        return;
    }
    client->proxy = memory_new(sizeof(*client->proxy));
    client->proxy->known = known;
    h2o_socket_dont_read(client->socket, 1);
    h2o_socket_read_start(client->socket, on_readable);
    run(client);
}
