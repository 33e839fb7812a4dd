/*
 * Who a request comes from. bff/edge/peer.c decides it, by the connection and by the proxies that
 * are trusted; it is kept here, so that it is found once for each request, and all code can read
 * it.
 */
#ifndef BFF_HTTP_REQUEST_PEER_H
#define BFF_HTTP_REQUEST_PEER_H

#include "bff/base/text.h"

struct request_peer {
    struct text connection; /* the address that the connection comes from; "unknown" when it has
                               gone already */
    struct text client;     /* the address of the client itself: the same, or the one that a trusted
                               proxy names */
    struct text chain;      /* for X-Forwarded-For: what the proxy has passed on, then the
                               connection's address */
    struct text proto;      /* "https" or "http", as the client speaks */
    struct text host;       /* host[:port] that the client asked for; absent when nothing says so */
};

#endif
