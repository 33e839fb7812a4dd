/*
 * An answer's body as a list of pieces. What is long is borrowed from where it lies (the service's
 * own bytes, mostly) and goes out from there; what is short is copied together, since a piece costs
 * more than copying a few hundred bytes. So a small answer is one piece.
 */
#ifndef BFF_COMPOSE_PIECES_H
#define BFF_COMPOSE_PIECES_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define PIECES_BORROWED 1024 /* from so many bytes on, a piece is borrowed */

struct pieces {
    struct pool *pool;
    struct text *rows;
    size_t count, capacity;
    size_t bytes; /* of all pieces together */
    char *room;   /* where the next short one goes */
    size_t room_left;
};

/* ${expected}: about so many bytes will be added that are not borrowed. */
void pieces_init(struct pieces *pieces, struct pool *pool, size_t expected);

/* Adds ${piece}. One of PIECES_BORROWED bytes or more must live as long as the pool; an empty one
 * adds nothing. */
void pieces_add(struct pieces *pieces, struct text piece);

#endif
