/* A request whose Idempotency-Key belongs to a run that ended while it took its changes back. Only
 * page_key.c uses this header. */
#ifndef BFF_COMPOSE_PAGE_KEY_UNDOING_H
#define BFF_COMPOSE_PAGE_KEY_UNDOING_H

#include "bff/compose/page_serving.h"

/* Answers the request: nobody knows what is left. The log gets an event "unresolved" for each part
 * with .undo. Afterwards the caller must not touch ${serving}. */
void page_key_undoing_send(struct page_serving *serving);

#endif
