/*
 * Finds the client that sent a request. By default, this is the address of the connection, which
 * cannot be forged. When the connection comes from a trusted proxy (trusted.h), the client's
 * address, protocol and host are read from fields that the proxy writes. These fields are ignored
 * when anybody else sends them.
 *
 * Each proxy adds an item at the end of a field: the address that it got the request from. So the
 * items are read from the end:
 * - An item is used only when the proxy that added it is trusted. The connection is the proxy that
 *   added the last item. The address in an item is the proxy that added the item before.
 * - The client is the first address that is not a trusted proxy. When all of them are trusted
 *   proxies, it is the address that was read last.
 * - An item that is not an address ends the search, because nobody knows who added the items before
 *   it. The client is then the address that was read last.
 * - Protocol and host are read from the item at which the search ended. An item of Forwarded may
 *   have none; then the nearest item after it that has one is used. X-Forwarded-Proto and
 *   X-Forwarded-Host are lists of their own: the value at the same place from the end is used, and
 *   a single value is always used.
 */
#ifndef BFF_EDGE_PEER_H
#define BFF_EDGE_PEER_H

#include "bff/edge/trusted.h"
#include "bff/http/request.h"
#include "bff/http/request_peer.h"

/* Finds the peer of ${request} and stores it in request->peer. */
void peer_find(struct request *request, const struct trusted *trusted);

#endif
