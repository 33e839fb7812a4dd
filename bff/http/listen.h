/* Listening sockets. The first thread binds them before any worker runs, so that an error such as a
 * busy port is found at once. */
#ifndef BFF_HTTP_LISTEN_H
#define BFF_HTTP_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* An address to listen on: of TCP, or a unix socket (AF_UNIX) in the file system. If its port is 0,
 * listen_open replaces 0 by the port that the kernel chose. */
struct listen {
    struct sockaddr_storage address;
    socklen_t address_len;
    bool is_tls;
    bool is_admin; /* for the pages of operators, not for clients */
    int *fds;      /* one socket for each worker, each with SO_REUSEPORT. The workers share the one
                      socket of a unix socket by duplicates of its descriptor */
    size_t fd_count;
    dev_t device; /* of the file of a unix socket that listen_open has made */
    ino_t inode;  /* the same; 0: it has made no file */
};

#define LISTEN_URL_SIZE 128

/*
 * Opens ${count} sockets on one address. Returns 0; or an errno value, and then no socket is open.
 * It fails if another process listens on the address, even if that process uses SO_REUSEPORT.
 *
 * A unix socket gets the mode 0600. A socket that a process has left behind is replaced. It fails
 * if a process listens on that socket, or if the file is no socket.
 */
int listen_open(struct listen *listen, size_t count);

/* True for a unix socket. */
bool listen_is_unix(const struct listen *listen);

/*
 * Removes the file of a unix socket that listen_open has made, unless another socket has taken its
 * place. To be called at the end of the process, but not when another process has inherited the
 * socket and goes on listening.
 */
void listen_unlink(const struct listen *listen);

/* Closes the sockets that no worker has taken. A worker that takes its socket sets fds[i] to -1. */
void listen_close(struct listen *listen);

/* Writes the URL of ${listen} with the port that the kernel chose, such as
 * "http://127.0.0.1:8080" or "unix:/run/bff/admin.sock". */
void listen_url(const struct listen *listen, char out[LISTEN_URL_SIZE]);

#endif
