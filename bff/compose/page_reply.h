/* Sends the answer of a run as one JSON body. */
#ifndef BFF_COMPOSE_PAGE_REPLY_H
#define BFF_COMPOSE_PAGE_REPLY_H

#include "bff/compose/page_serving.h"

/* Answers the request. The run must be over. */
void page_reply_send(struct page_serving *serving);

#endif
