/* See client_linger.h. The function that replaces libh2o's has its name, without the prefix of this
 * file. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/http/client_linger.h"
#include "bff/http/interpose.h"
#include "bff/http/worker.h"

#define READ_BYTES 65536 /* that one look takes */

struct client_linger {
    struct client *client;
    h2o_socket_t *socket;
    struct timer idle;
    int64_t until_ns;
    size_t bytes; /* thrown away */
    size_t seen;  /* of them, when the timer was set */
    void (*over)(struct client *client);
};

/* The lingering. */

static void end(struct client_linger *linger)
{
    struct client *client = linger->client;
    void (*over)(struct client * client) = linger->over;

    timer_clear(worker_timers(client->worker), &linger->idle);
    h2o_socket_close(linger->socket);
    memory_free(linger);
    client->linger = NULL;
    over(client);
}

static void on_readable(h2o_socket_t *socket, const char *error)
{
    struct client_linger *linger = socket->data;
    char bytes[READ_BYTES];
    ssize_t got = recv(h2o_socket_get_fd(socket), bytes, sizeof(bytes), MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    linger->bytes += got > 0 ? (size_t)got : 0;
    if (got <= 0 || linger->bytes > CLIENT_LINGER_BYTES)
        end(linger);
}

static void wait_for_more(struct client_linger *linger)
{
    linger->seen = linger->bytes;
    timer_set(worker_timers(linger->client->worker), &linger->idle,
              clock_now_ns() + CLIENT_LINGER_IDLE_MS * CLOCK_MS);
}

static void on_idle(struct timer *timer)
{
    struct client_linger *linger = H2O_STRUCT_FROM_MEMBER(struct client_linger, idle, timer);

    if (linger->bytes == linger->seen || clock_now_ns() >= linger->until_ns)
        end(linger);
    else
        wait_for_more(linger);
}

bool client_linger_begin(struct client *client, void (*over)(struct client *client))
{
    int fd = client->linger_fd;

    client->socket = NULL;
    if (fd == -1)
        return false;
    struct client_linger *linger = memory_new(sizeof(*linger));
    linger->client = client;
    linger->over = over;
    linger->idle.fire = on_idle;
    linger->until_ns = clock_now_ns() + CLIENT_LINGER_MS * CLOCK_MS;
    linger->socket = h2o_evloop_socket_create(client->worker->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    linger->socket->data = linger;
    client->linger = linger;
    client->socket = linger->socket;
    shutdown(fd, SHUT_WR);
    h2o_socket_read_start(linger->socket, on_readable);
    wait_for_more(linger);
    return true;
}

/* In place of libh2o's function. */

typedef void (*close_socket)(h2o_socket_t *socket);

/* dlsym returns a pointer to an object. POSIX allows its use as a pointer to a function. */
union function {
    void *found;
    close_socket close;
};

static close_socket library_close;

/* True when the client may still be sending, and would read an answer. The connection of a client
 * that has ended its side, or whose reading side we have shut, is over. */
static bool is_due(const struct client *client)
{
    char byte;

    if (client->is_cut || client->is_tunnel)
        return false;
    ssize_t got = recv(h2o_socket_get_fd(client->socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got > 0 || (got < 0 && errno == EAGAIN && client->sends_on);
}

void h2o_socket_close(h2o_socket_t *socket)
{
    struct client *client = client_of_socket(socket);

    if (client != NULL && client->linger_fd == -1 && is_due(client))
        client->linger_fd = fcntl(h2o_socket_get_fd(socket), F_DUPFD_CLOEXEC, 0);
    library_close(socket);
}

/* Runs when the program is loaded, because any thread may begin to use libh2o at any time. */
__attribute__((constructor)) static void find_function(void)
{
    library_close = (union function){.found = interpose_library("h2o_socket_close")}.close;
}

void client_linger_install(void)
{
    interpose_check("h2o_socket_close", (union function){.close = h2o_socket_close}.found);
}
