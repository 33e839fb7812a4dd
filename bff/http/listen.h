/* Listening sockets. The first thread binds them before any worker runs, so that an error such as a
 * busy port is found at once. */
#ifndef BFF_HTTP_LISTEN_H
#define BFF_HTTP_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* An address to listen on. If its port is 0, listen_open replaces 0 by the port that the kernel
 * chose. */
struct listen {
    struct sockaddr_storage address;
    socklen_t address_len;
    bool is_tls;
    bool is_admin; /* for the pages of operators, not for clients */
    int *fds;      /* one socket for each worker, each with SO_REUSEPORT */
    size_t fd_count;
};

#define LISTEN_URL_SIZE 96

/*
 * Opens ${count} sockets on one address. Returns 0; or an errno value, and then no socket is open.
 * It fails if another process listens on the address, even if that process uses SO_REUSEPORT.
 */
int listen_open(struct listen *listen, size_t count);

/* Closes the sockets that no worker has taken. A worker that takes its socket sets fds[i] to -1. */
void listen_close(struct listen *listen);

/* Writes the URL of ${listen} with the port that the kernel chose, such as
 * "http://127.0.0.1:8080". */
void listen_url(const struct listen *listen, char out[LISTEN_URL_SIZE]);

#endif
