/* See listen.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/listen.h"
#include "bff/http/listen_inherited.h"

#define BACKLOG 4096 /* the kernel limits it to net.core.somaxconn */

static int set_on(int fd, int level, int option)
{
    int on = 1;

    return setsockopt(fd, level, option, &on, sizeof(on));
}

static int close_and_fail(int fd)
{
    int error = errno;

    close(fd);
    errno = error;
    return -1;
}

/* Returns a bound socket; or -1, and then errno is set. */
static int bind_socket(const struct listen *listen, bool is_shared)
{
    int family = listen->address.ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd == -1)
        return -1;
    if (set_on(fd, SOL_SOCKET, SO_REUSEADDR) != 0 ||
        (is_shared && set_on(fd, SOL_SOCKET, SO_REUSEPORT) != 0) ||
        (family == AF_INET6 && set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0) ||
        bind(fd, (const struct sockaddr *)&listen->address, listen->address_len) != 0)
        return close_and_fail(fd);
    return fd;
}

/*
 * With SO_REUSEPORT, we could share a port with another process of the same user without an error.
 * So the address is first bound without SO_REUSEPORT. That fails if any process listens on the
 * address.
 */
static int check_free(const struct listen *listen)
{
    int fd = bind_socket(listen, false);

    if (fd == -1)
        return errno;
    close(fd);
    return 0;
}

static int open_one(struct listen *on)
{
    int fd = bind_socket(on, true);

    if (fd == -1)
        return -1;
    /* After the first socket, the address has the port that the kernel chose. So all other sockets
     * get the same port. */
    if (listen(fd, BACKLOG) == 0 &&
        getsockname(fd, (struct sockaddr *)&on->address, &on->address_len) == 0)
        return fd;
    return close_and_fail(fd);
}

/* Unix sockets. */

bool listen_is_unix(const struct listen *listen) { return listen->address.ss_family == AF_UNIX; }

static const char *path_of(const struct listen *listen)
{
    return ((const struct sockaddr_un *)&listen->address)->sun_path;
}

/* True when a process listens on the socket, or when it cannot be known. */
static bool is_in_use(const struct listen *listen)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool is_refused =
        fd != -1 &&
        connect(fd, (const struct sockaddr *)&listen->address, listen->address_len) != 0 &&
        errno == ECONNREFUSED;

    if (fd != -1)
        close(fd);
    return !is_refused;
}

/* Removes a socket that a process has left behind. Returns 0, or an errno value. */
static int clear_path(const struct listen *listen)
{
    struct stat file;

    if (lstat(path_of(listen), &file) != 0)
        return errno == ENOENT ? 0 : errno;
    if (!S_ISSOCK(file.st_mode))
        return EEXIST;
    if (is_in_use(listen))
        return EADDRINUSE;
    return unlink(path_of(listen)) == 0 || errno == ENOENT ? 0 : errno;
}

/* The file gets the mode that the socket has at bind, so it never has another one (unix(7)). */
static int bind_unix(const struct listen *listen)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd == -1)
        return -1;
    if (fchmod(fd, S_IRUSR | S_IWUSR) != 0 ||
        bind(fd, (const struct sockaddr *)&listen->address, listen->address_len) != 0)
        return close_and_fail(fd);
    return fd;
}

static int open_unix(struct listen *on)
{
    struct stat file;
    int fd = bind_unix(on);

    if (fd == -1)
        return -1;
    if (lstat(path_of(on), &file) != 0 || listen(fd, BACKLOG) != 0)
        return close_and_fail(fd);
    on->device = file.st_dev;
    on->inode = file.st_ino;
    return fd;
}

void listen_unlink(const struct listen *listen)
{
    struct stat file;

    if (listen_is_unix(listen) && listen->inode != 0 && lstat(path_of(listen), &file) == 0 &&
        file.st_dev == listen->device && file.st_ino == listen->inode)
        unlink(path_of(listen));
}

/* All sockets. */

static int prepare(const struct listen *listen)
{
    return listen_is_unix(listen) ? clear_path(listen) : check_free(listen);
}

static int open_next(struct listen *listen)
{
    if (!listen_is_unix(listen))
        return open_one(listen);
    return listen->fd_count == 0 ? open_unix(listen) : fcntl(listen->fds[0], F_DUPFD_CLOEXEC, 0);
}

/* Of an IP address. sin_port and sin6_port have the same offset. */
static in_port_t port_of(const struct sockaddr *address)
{
    struct sockaddr_in v4;

    memcpy(&v4, address, sizeof(v4));
    return v4.sin_port;
}

static bool has_same_host(const struct sockaddr *a, const struct sockaddr *b)
{
    const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
    const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

    if (a->sa_family == AF_INET)
        return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0 &&
           a6->sin6_scope_id == b6->sin6_scope_id;
}

bool listen_is_on(const struct listen *listen, const struct sockaddr *wanted)
{
    const struct sockaddr *at = (const struct sockaddr *)&listen->address;

    if (at->sa_family != wanted->sa_family)
        return false;
    if (listen_is_unix(listen))
        return strcmp(path_of(listen),
                      ((const struct sockaddr_un *)(const void *)wanted)->sun_path) == 0;
    if (!has_same_host(at, wanted))
        return false;
    return port_of(wanted) == 0 ? listen->has_any_port : port_of(wanted) == port_of(at);
}

static int give_up(struct listen *listen)
{
    int error = errno;

    listen_unlink(listen);
    listen_close(listen);
    return error;
}

static int open_new(struct listen *listen, size_t count)
{
    int error = prepare(listen);

    if (error != 0)
        return error;
    listen->fds = memory_new(count * sizeof(*listen->fds));
    for (listen->fd_count = 0; listen->fd_count < count; listen->fd_count++) {
        int fd = open_next(listen);
        if (fd == -1)
            return give_up(listen);
        listen->fds[listen->fd_count] = fd;
    }
    return 0;
}

/* Workers without an inherited socket share one. A new socket beside the inherited ones would get
 * connections that are lost when this process fails to start. */
static int share(struct listen *listen, size_t count)
{
    size_t inherited = listen->fd_count;

    for (; listen->fd_count < count; listen->fd_count++) {
        int fd = fcntl(listen->fds[listen->fd_count % inherited], F_DUPFD_CLOEXEC, 0);
        if (fd == -1)
            return give_up(listen);
        listen->fds[listen->fd_count] = fd;
    }
    return 0;
}

int listen_open(struct listen *listen, size_t count)
{
    listen->has_any_port =
        !listen_is_unix(listen) && port_of((const struct sockaddr *)&listen->address) == 0;
    return listen_inherited_take(listen, count) > 0 ? share(listen, count)
                                                    : open_new(listen, count);
}

void listen_hand_over(struct listen *listen)
{
    listen->has_successor = true;
    listen->inode = 0;
}

void listen_close(struct listen *listen)
{
    for (size_t i = 0; i < listen->fd_count; i++)
        if (listen->fds[i] != -1)
            close(listen->fds[i]);
    memory_free(listen->fds);
    listen->fds = NULL;
    listen->fd_count = 0;
}

void listen_url(const struct listen *listen, char out[LISTEN_URL_SIZE])
{
    char host[NI_MAXHOST], port[NI_MAXSERV];
    bool is_v6 = listen->address.ss_family == AF_INET6;

    if (listen_is_unix(listen)) {
        snprintf(out, LISTEN_URL_SIZE, "unix:%s", path_of(listen));
        return;
    }
    must(getnameinfo((const struct sockaddr *)&listen->address, listen->address_len, host,
                     sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    snprintf(out, LISTEN_URL_SIZE, "%s://%s%.64s%s:%.8s", listen->is_tls ? "https" : "http",
             is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}
