/*
 * A connection to one Redis server or Sentinel: the look-up of its name, TCP or a unix socket, TLS,
 * commands out and replies in. All commands of one step of the loop are written together at its
 * end. The socket knows nothing about which reply belongs to which command.
 */
#ifndef BFF_STORE_REDIS_SOCKET_H
#define BFF_STORE_REDIS_SOCKET_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include <h2o.h>

#include "bff/base/text_builder.h"
#include "bff/loop/resolve.h"
#include "bff/loop/timer.h"
#include "bff/store/redis_fault.h"
#include "bff/store/redis_reader.h"

#define REDIS_SOCKET_HOST_BYTES 256

/* What the connections of a worker use. All of it outlives them. */
struct redis_loop {
    h2o_loop_t *loop;
    h2o_timeout_t *soon;                  /* the loop's list of timeouts of 0 ms */
    h2o_multithread_receiver_t *resolver; /* its handler is h2o_hostinfo_getaddr_receiver */
    struct timers *timers;
};

struct redis_socket;

/*
 * The callbacks of a socket's user, never called from inside a function of this header, except
 * redis_socket_read. They may close and open the socket.
 *
 *   opened   the connection is made; commands may be sent
 *   replied  a reply has come; it is valid during the call
 *   broken   the socket is closed because of ${fault}
 */
struct redis_socket_user {
    void (*opened)(struct redis_socket *socket);
    void (*replied)(struct redis_socket *socket, const struct redisReply *reply);
    void (*broken)(struct redis_socket *socket, enum redis_fault fault);
};

/* Where a server is. The texts are copied. */
struct redis_socket_peer {
    const char *host;
    uint16_t port;
    const char *path; /* of a unix socket; NULL: host and port */
    SSL_CTX *tls;     /* NULL: plain */
};

/* All zero, except ${on} and ${user}: closed. */
struct redis_socket {
    const struct redis_loop *on;
    const struct redis_socket_user *user;
    /* redis_socket.c's own */
    char host[REDIS_SOCKET_HOST_BYTES];
    struct resolve addresses; /* of ${host} */
    bool is_looking_up;       /* dialling waits for a look-up */
    size_t untried;           /* addresses left to dial */
    h2o_socket_t *socket;
    SSL_CTX *context;
    SSL *tls;         /* NULL: plain */
    unsigned opening; /* another number for each redis_socket_open */
    bool is_open;     /* commands may be sent */
    struct redis_reader reader;
    struct text_builder out;  /* commands that are to be written */
    size_t sent;              /* bytes of ${out} that have been written */
    enum redis_fault fault;   /* to be reported in this step */
    h2o_timeout_entry_t step; /* the end of this step of the loop */
};

/* Opens the socket, which is closed. The result is reported by opened or broken. There is no time
 * limit. */
void redis_socket_open(struct redis_socket *socket, const struct redis_socket_peer *peer);

/* Closes the socket in any state, without a callback. */
void redis_socket_close(struct redis_socket *socket);

/* Closes the socket, and frees all memory. */
void redis_socket_dispose(struct redis_socket *socket);

/* Adds a command, which is written at the end of this step. The socket must be open. */
void redis_socket_send(struct redis_socket *socket, const struct text *texts, size_t count);

/* Returns the number of bytes that wait to be written. */
static inline size_t redis_socket_waiting(const struct redis_socket *socket)
{
    return socket->out.len - socket->sent;
}

/* Reads what has come already, and calls the callbacks. Not to be called from inside a callback. */
void redis_socket_read(struct redis_socket *socket);

#endif
