/*
 * The client of a request, as bff/edge/peer.c finds it from the connection and from trusted
 * proxies. It is stored in this struct, so that it is found only once for each request and all code
 * can read it.
 */
#ifndef BFF_HTTP_REQUEST_PEER_H
#define BFF_HTTP_REQUEST_PEER_H

#include <stdbool.h>

#include "bff/base/text.h"

struct request_peer {
    bool is_trusted;        /* the other end of the connection is a trusted proxy */
    struct text connection; /* the address of the other end of the connection; "unknown" if the
                               connection is already closed */
    struct text client; /* the address of the client itself: ${connection}, or the address that a
                           trusted proxy reports */
    struct text chain;  /* for X-Forwarded-For: the addresses that the proxies reported, then
                           ${connection} */
    struct text proto;  /* "https" or "http": what the client uses */
    struct text host;   /* host[:port] that the client requested; absent if it is not known */
};

#endif
