/* Listening sockets. The first thread binds them before a worker uses them, so that an error such
 * as a busy port is found at once, and then nothing has changed. */
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
    bool has_proxy_header; /* each connection begins with a PROXY header */
    bool is_admin;         /* for the pages of operators, not for clients */
    bool has_any_port;     /* the operator asked for port 0 */
    bool has_successor;    /* another process listens on the same sockets from now on */
    int *
        fds; /* one socket for each worker, each with SO_REUSEPORT. The workers share the one
                socket of a unix socket by duplicates of its descriptor. Of inherited sockets, there
                may be more than one for each worker. When a worker stops
                listening, it closes its socket and sets fds[i] to -1. Structs of several
                configurations that listen on the same sockets have the same pointer */
    size_t fd_count;
    dev_t device; /* of the file of a unix socket that listen_open has made */
    ino_t inode;  /* the same; 0: it has made no file */
};

#define LISTEN_URL_SIZE 128

/*
 * Opens ${count} sockets on one address. Returns 0; or an errno value, and then no socket is open.
 * It fails if another process listens on the address, even if that process uses SO_REUSEPORT.
 *
 * Sockets on this address that the process has inherited are used in place of new ones
 * (listen_inherited.h). Then there may be more than ${count}, or workers share them by duplicates.
 *
 * A unix socket gets the mode 0600. A socket that a process has left behind is replaced. It fails
 * if a process listens on that socket, or if the file is no socket.
 */
int listen_open(struct listen *listen, size_t count);

/* True when ${wanted}, an address of a configuration, is the address of ${listen}. Port 0 is wanted
 * where port 0 was wanted before. */
bool listen_is_on(const struct listen *listen, const struct sockaddr *wanted);

/* True for a unix socket. */
bool listen_is_unix(const struct listen *listen);

/*
 * Removes the file of a unix socket that listen_open has made, unless another socket has taken its
 * place. To be called at the end of the process, but not when another process has inherited the
 * socket and goes on listening.
 */
void listen_unlink(const struct listen *listen);

/* Another process listens on the sockets of ${listen} from now on: its file stays, and connections
 * that wait are left to that process. To be called before server_hand_over. */
void listen_hand_over(struct listen *listen);

/* Closes the sockets that are still open, and frees ${listen->fds}. */
void listen_close(struct listen *listen);

/* Writes the URL of ${listen} with the port that the kernel chose, such as
 * "http://127.0.0.1:8080" or "unix:/run/bff/admin.sock". */
void listen_url(const struct listen *listen, char out[LISTEN_URL_SIZE]);

#endif
