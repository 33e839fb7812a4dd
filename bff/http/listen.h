/* Listening sockets. The first thread binds them before any worker runs, so that a busy port is
 * known at once. */
#ifndef BFF_HTTP_LISTEN_H
#define BFF_HTTP_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Where to listen. Port 0 in ${address} becomes the one that the kernel chose. */
struct listen {
    struct sockaddr_storage address;
    socklen_t address_len;
    bool is_tls;
    int *fds; /* one for each worker, each with SO_REUSEPORT */
    size_t fd_count;
};

#define LISTEN_URL_SIZE 96

/*
 * Opens ${count} sockets on one address. Returns 0; or the errno of what failed, and then nothing
 * is open. It fails when another process listens there, even if that process shares its port.
 */
int listen_open(struct listen *listen, size_t count);

/* Closes the sockets that no worker has taken. A worker takes its socket and sets fds[i] to -1. */
void listen_close(struct listen *listen);

/* Writes "http://127.0.0.1:8080", with the port that the kernel chose. */
void listen_url(const struct listen *listen, char out[LISTEN_URL_SIZE]);

#endif
