/* Why Redis cannot be used. The names are the reasons of the event redis_down (docs/redis.md). */
#ifndef BFF_STORE_REDIS_FAULT_H
#define BFF_STORE_REDIS_FAULT_H

#include <stddef.h>

enum redis_fault {
    REDIS_FAULT_NONE,
    REDIS_FAULT_LOOKUP,   /* the host name has no address */
    REDIS_FAULT_CONNECT,  /* no address accepts a connection */
    REDIS_FAULT_TLS,      /* the handshake failed, or the certificate is not accepted */
    REDIS_FAULT_TIMEOUT,  /* no answer in time */
    REDIS_FAULT_RESET,    /* the connection was closed */
    REDIS_FAULT_PROTOCOL, /* the bytes are no reply, or the reply is too large */
    REDIS_FAULT_AUTH,     /* the user or the password is refused, or may not select the database */
    REDIS_FAULT_REFUSED,  /* the server answers a greeting with another error */
    REDIS_FAULT_LOADING,  /* the server still loads its data */
    REDIS_FAULT_REPLICA,  /* the server is a replica, so nothing can be written */
    REDIS_FAULT_CLUSTER,  /* the server is a member of a Redis Cluster */
    REDIS_FAULT_MASTER,   /* no Sentinel knows the address of the master */
};

/* Returns the name of ${fault}: "timeout". */
const char *redis_fault_name(enum redis_fault fault);

/* Returns what the error ${error} of the server, of ${len} bytes, says about the connection.
 * REDIS_FAULT_NONE: it is about one command only. */
enum redis_fault redis_fault_of(const char *error, size_t len);

#endif
