/*
 * A fill stores the response of a call. It leads the flight of a slot of the cache (cache.h) and
 * ends it: with an entry when the response is complete, or without one as soon as it is known that
 * there will be none. It copies what it needs of its request, so it may outlive it.
 *
 * The call of a fill asks for the whole response: without the client's conditions. When the slot
 * has an entry, the call asks whether that is still right (proxy_request.h).
 */
#ifndef BFF_PROXY_PROXY_FILL_H
#define BFF_PROXY_PROXY_FILL_H

#include <stdbool.h>

#include "bff/base/reason.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/upstream/exchange.h"

struct proxy_fill;

/* What a head means for the fill. */
enum proxy_fill_head {
    PROXY_FILL_OVER,    /* the response is not stored, and the flight has ended */
    PROXY_FILL_STORES,  /* the response is stored when it is complete */
    PROXY_FILL_UPDATED, /* 304: proxy_fill_entry is the answer, and the flight has ended */
    PROXY_FILL_WRONG,   /* a 304 that is about another response; the flight has ended */
};

/* Takes over the flight that ${cached} leads. The call is about to begin. */
struct proxy_fill *proxy_fill_begin(struct proxy_cached *cached);

/* Ends the flight if it is still under way, and frees the fill. NULL: does nothing. */
void proxy_fill_free(struct proxy_fill *fill);

/* False when the flight has ended. */
bool proxy_fill_is_on(const struct proxy_fill *fill);

/* For the sink of the call, while the fill is on. */
enum proxy_fill_head proxy_fill_head(struct proxy_fill *fill, const struct exchange_head *head);
void proxy_fill_body(struct proxy_fill *fill, struct text bytes);
void proxy_fill_end(struct proxy_fill *fill, enum reason reason);

/* Ends the flight without an entry. */
void proxy_fill_drop(struct proxy_fill *fill);

/* Returns the entry that is being made, or was made. NULL: there is none. */
struct cache_entry *proxy_fill_entry(const struct proxy_fill *fill);

#endif
