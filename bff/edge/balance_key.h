/*
 * The key of a request for a service whose balance is a hash (bff/upstream/balance.h): requests
 * with the same key go to the same endpoint.
 *
 *   the address   of the client, as peer.h finds it: all of IPv4, the first 64 bits of IPv6,
 *                 because one home or one server may have all addresses with these bits. An IPv4
 *                 address that is written as IPv6 (::ffff:192.0.2.7) counts as IPv4
 *   the path      as the client wrote it, without the query
 *   a parameter   of the query: its first value, percent-decoded
 *   a field       its first value
 *   a cookie      the first one with the name
 *   the user      the id of the signed-in user
 */
#ifndef BFF_EDGE_BALANCE_KEY_H
#define BFF_EDGE_BALANCE_KEY_H

#include "bff/base/text.h"
#include "bff/http/request.h"
#include "bff/upstream/service.h"
#include "bff/upstream/upstream.h"

/* Returns the key of ${request} for ${service}; absent when the request has none, and when the
 * service's balance is not a hash. The key lives as long as the request's pool, and may contain any
 * bytes. The login of the request must be over. */
struct text balance_key(const struct request *request, const struct service_settings *service);

/* The same for a service of ${upstream}; absent when ${upstream} does not have it. */
struct text balance_key_for(const struct request *request, struct upstream *upstream,
                            const struct bff_service *service);

#endif
