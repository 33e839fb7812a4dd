/*
 * Who a request comes from. The connection has an address, which cannot be forged. Behind a proxy
 * that is trusted (trusted.h), the client's own address, protocol and host are what the proxy says
 * in X-Forwarded-For, -Proto and -Host. These fields are not read when anybody else sends them.
 */
#ifndef BFF_EDGE_PEER_H
#define BFF_EDGE_PEER_H

#include "bff/edge/trusted.h"
#include "bff/http/request.h"
#include "bff/http/request_peer.h"

/* The peer of ${request}. It is found at the first call and then kept as request->peer. It lives as
 * long as the request. */
const struct request_peer *peer_of(struct request *request, const struct trusted *trusted);

#endif
