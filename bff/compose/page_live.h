/*
 * A page that is sent as its parts settle (docs/streaming.md). The head waits until no required
 * part can fail any more and the client may see the answer. Then each member is sent as soon as its
 * parts have settled. A slow client delays the making of messages, so that none of them waits.
 */
#ifndef BFF_COMPOSE_PAGE_LIVE_H
#define BFF_COMPOSE_PAGE_LIVE_H

#include <stdbool.h>

#include "bff/compose/page_serving.h"

/* True when the client has all of the page: it connects again after the last event of a stream, as
 * EventSource does. It gets 204, with which that ends. */
bool page_live_is_repeated(const struct request *request);

/* Makes the state of a page whose client wants a stream. NULL: it wants JSON. To be called before
 * the run starts. */
struct page_live *page_live_make(struct page_serving *serving);

/* Parts have settled: sends what can be sent. To be called after the run has started, and then each
 * time when the run tells that parts have settled. */
void page_live_told(struct page_live *live);

/* The run is over. Sends the rest, and ends the answer. Returns false when the answer has not begun
 * and is an error: then the caller answers. */
bool page_live_done(struct page_live *live);

/* The client has left. Idempotent. */
void page_live_stop(struct page_live *live);

/* The request ends. Idempotent. */
void page_live_free(struct page_live *live);

#endif
