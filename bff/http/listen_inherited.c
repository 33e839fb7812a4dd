/* See listen_inherited.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bff/base/memory.h"
#include "bff/base/text.h"
#include "bff/http/listen_inherited.h"

#define DESCRIPTORS_MAX 65536 /* more than any server has listeners */

struct inherited {
    int fd; /* -1: taken, or closed */
    struct sockaddr_storage address;
    socklen_t address_len;
    ino_t inode;
    bool is_taken;
};

/* Of the process, because descriptors and the environment are. */
static struct inherited *sockets;
static size_t socket_count;
static bool has_files; /* the files of unix sockets belong to this process */
static bool is_over;   /* listen_inherited_end was called */

/* Begin. */

/* Returns the number of the descriptors; 0: there are none for this process. */
static uint64_t count_for_us(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
    uint64_t for_pid, count;

    if (pid == NULL || fds == NULL || text_number(text_of(pid), UINT64_MAX, &for_pid) != 0 ||
        for_pid != (uint64_t)getpid() || text_number(text_of(fds), DESCRIPTORS_MAX, &count) != 0)
        return 0;
    return count;
}

static bool is_listening(int fd)
{
    int accepts = 0, type = 0;
    socklen_t len = sizeof(int);

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &len) == 0 && accepts != 0 &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

static bool has_known_family(const struct inherited *socket)
{
    sa_family_t family = socket->address.ss_family;

    return family == AF_INET || family == AF_INET6 || family == AF_UNIX;
}

/* The workers share some sockets by duplicates of the descriptor. Another server has passed all of
 * them on. One of each is enough. */
static const struct inherited *same_before(const struct inherited *socket)
{
    for (const struct inherited *at = sockets; at < socket; at++)
        if (at->inode == socket->inode)
            return at;
    return NULL;
}

/* systemd passes sockets that block. */
static int look_at(struct inherited *socket)
{
    struct stat file;

    socket->address_len = sizeof(socket->address);
    if (!is_listening(socket->fd) || fstat(socket->fd, &file) != 0 ||
        getsockname(socket->fd, (struct sockaddr *)&socket->address, &socket->address_len) != 0 ||
        !has_known_family(socket) || fcntl(socket->fd, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(socket->fd, F_SETFL, fcntl(socket->fd, F_GETFL) | O_NONBLOCK) != 0)
        return -1;
    socket->inode = file.st_ino;
    if (same_before(socket) != NULL) {
        close(socket->fd);
        socket->fd = -1;
    }
    return 0;
}

int listen_inherited_begin(bool owns_files, char wrong[LISTEN_INHERITED_WRONG_SIZE])
{
    size_t count = count_for_us();

    has_files = owns_files;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    sockets = memory_new((count + 1) * sizeof(*sockets));
    for (socket_count = 0; socket_count < count; socket_count++) {
        struct inherited *socket = &sockets[socket_count];
        socket->fd = LISTEN_INHERITED_FIRST + (int)socket_count;
        if (look_at(socket) == 0)
            continue;
        snprintf(wrong, LISTEN_INHERITED_WRONG_SIZE,
                 "LISTEN_FDS: descriptor %d is not a TCP or unix socket that listens", socket->fd);
        return -1;
    }
    return 0;
}

/* Use. */

static struct listen as_listen(const struct inherited *socket)
{
    return (struct listen){
        .address = socket->address,
        .address_len = socket->address_len,
        .has_any_port = true,
    };
}

static bool is_on(const struct inherited *socket, const struct listen *wanted)
{
    struct listen found = as_listen(socket);

    return socket->fd != -1 && listen_is_on(&found, (const struct sockaddr *)&wanted->address);
}

static void own_file(struct listen *listen)
{
    struct stat file;

    if (!has_files || !listen_is_unix(listen) ||
        lstat(((const struct sockaddr_un *)&listen->address)->sun_path, &file) != 0)
        return;
    listen->device = file.st_dev;
    listen->inode = file.st_ino;
}

size_t listen_inherited_take(struct listen *listen, size_t room)
{
    struct inherited *end = sockets + socket_count;

    for (struct inherited *socket = sockets; socket < end && !is_over; socket++) {
        if (!is_on(socket, listen))
            continue;
        if (listen->fd_count == 0) {
            listen->address = socket->address; /* so that port 0 takes one port only */
            listen->address_len = socket->address_len;
            listen->fds = memory_new((room + socket_count) * sizeof(*listen->fds));
            own_file(listen);
        }
        listen->fds[listen->fd_count++] = socket->fd;
        socket->fd = -1;
        socket->is_taken = true;
    }
    return listen->fd_count;
}

bool listen_inherited_is_left(char where[LISTEN_URL_SIZE])
{
    for (size_t i = 0; i < socket_count; i++) {
        if (sockets[i].fd == -1)
            continue;
        struct listen left = as_listen(&sockets[i]);
        listen_url(&left, where);
        return true;
    }
    return false;
}

void listen_inherited_end(void)
{
    is_over = true;
    for (size_t i = 0; i < socket_count; i++) {
        if (sockets[i].fd != -1)
            close(sockets[i].fd);
        sockets[i].fd = -1;
    }
}

size_t listen_inherited_report(char *out, size_t size)
{
    for (size_t i = 0; i < socket_count && i < size; i++) {
        const struct inherited *same = same_before(&sockets[i]);
        bool is_taken = same == NULL ? sockets[i].is_taken : same->is_taken;
        out[i] = is_taken ? LISTEN_INHERITED_TAKEN : LISTEN_INHERITED_LEFT;
    }
    return socket_count;
}
