/* The entity tag of an answer (RFC 9110 section 8.8.3): it changes when the answer's content
 * changes, and not when only the time in loadedAt does. */
#ifndef BFF_COMPOSE_ANSWER_ETAG_H
#define BFF_COMPOSE_ANSWER_ETAG_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/pieces.h"

/*
 * Returns the weak tag of an answer that begins with ${pieces}; ${rest} stands for what follows
 * them. The tag is the same in all processes, so that a client may ask another server. It is weak,
 * because two answers with the same tag may have different times in loadedAt.
 */
struct text answer_etag(const struct pieces *pieces, struct text rest, struct pool *pool);

#endif
