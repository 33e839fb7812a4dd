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
 * Sends ${reply}, the answer of the run, which must be over. When the request has a key, one of
 * these happens before:
 *
 *   the key is freed      nothing has been changed. The client may try again
 *   a repeat may claim it the answer is an error, and it is not known what has been changed
 *   ${reply} is stored    in all other cases
 *
 * ${reply} and its fields are borrowed during this function. For a page that changes nothing, the
 * reply is only sent.
 */
void page_key_answer(struct page_serving *serving, const struct reply *reply);

/* The client has left, or the request's memory is freed. The run is over or cancelled. The key is
 * freed when nothing has been changed; otherwise it expires. Idempotent. */
void page_key_leave(struct page_serving *serving);

#endif
