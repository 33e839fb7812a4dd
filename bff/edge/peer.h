/*
 * Finds the client that sent a request. By default, this is the address of the connection, which
 * cannot be forged. When the connection comes from a trusted proxy (trusted.h), the client's
 * address, protocol and host are read from X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.
 * These fields are ignored when anybody else sends them.
 */
#ifndef BFF_EDGE_PEER_H
#define BFF_EDGE_PEER_H

#include "bff/edge/trusted.h"
#include "bff/http/request.h"
#include "bff/http/request_peer.h"

/* Returns the peer of ${request}. The first call finds it and stores it in request->peer. It lives
 * as long as the request. */
const struct request_peer *peer_of(struct request *request, const struct trusted *trusted);

#endif
