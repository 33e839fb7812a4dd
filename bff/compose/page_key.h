/* The Idempotency-Key of a request for a page that changes data: the claim before the run, and the
 * stored answer after it. docs/idempotency.md has the rules. */
#ifndef BFF_COMPOSE_PAGE_KEY_H
#define BFF_COMPOSE_PAGE_KEY_H

#include "bff/compose/page_serving.h"
#include "bff/http/reply.h"

/*
 * Reads the key and claims it. ${start} is called once when the run may start: from inside this
 * function when the request has no key, or when no waiting is needed. Otherwise the request is
 * answered here or later, and ${start} is not called.
 */
void page_key_begin(struct page_serving *serving, void (*start)(struct page_serving *serving));

/*
 * Sends ${reply}, the answer of the run, which must be over. When the request has a key, the answer
 * is stored before; or the key is freed when nothing has been changed, so that the client may try
 * again. ${reply} and its fields are borrowed during this function. Does nothing but send it for a
 * page that changes nothing.
 */
void page_key_answer(struct page_serving *serving, const struct reply *reply);

/* The client has left, or the request's memory is freed. The run has been cancelled. The key is
 * freed when nothing has been changed; otherwise it expires. Idempotent. */
void page_key_leave(struct page_serving *serving);

#endif
