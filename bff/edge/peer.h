/*
 * Who a request comes from. The connection has an address, which cannot be forged. Behind a proxy
 * that is trusted (trusted.h), the client's own address, protocol and host are what the proxy says.
 * These fields are not read when anybody else sends them.
 *
 * Each proxy adds to the fields who has sent the request to it. So they are read from the end, from
 * the nearest proxy to the client:
 * - An item is believed when the proxy that added it is trusted. The nearest one is the connection;
 *   each further one is named by the item of the proxy before.
 * - The client is the first address that is not a trusted proxy, or the last one that there is.
 * - An item that cannot be read ends the search, because nobody knows who added the items before
 *   it. The client is the last address that was read.
 * - Protocol and host are what the last believed proxy saw. In Forwarded it says so itself, or a
 *   proxy before it does. Of several X-Forwarded-Proto, each belongs to the proxy at the same place
 *   from the end; one alone belongs to all proxies. X-Forwarded-Host is the same.
 */
#ifndef BFF_EDGE_PEER_H
#define BFF_EDGE_PEER_H

#include "bff/edge/trusted.h"
#include "bff/http/request.h"
#include "bff/http/request_peer.h"

/* Finds the peer of ${request} and keeps it as request->peer. */
void peer_find(struct request *request, const struct trusted *trusted);

#endif
