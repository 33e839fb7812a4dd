/*
 * The body of an answer as a list of pieces. Long texts (mostly the services' own bytes) are not
 * copied: a piece points to them. Short texts are copied into one piece, because a further piece
 * costs more than copying a few hundred bytes. So a small answer is a single piece.
 */
#ifndef BFF_COMPOSE_PIECES_H
#define BFF_COMPOSE_PIECES_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define PIECES_BORROWED 1024 /* a text of this many bytes or more is borrowed */

struct pieces {
    struct pool *pool;
    struct text *rows;
    size_t count, capacity;
    size_t bytes; /* of all pieces together */
    char *room;   /* where the next short text is copied to */
    size_t room_left;
};

/* Begins an empty list. ${expected} is about the number of bytes that will be copied. */
void pieces_init(struct pieces *pieces, struct pool *pool, size_t expected);

/* Adds ${piece}. A piece of PIECES_BORROWED bytes or more must live as long as the pool. An empty
 * piece adds nothing. */
void pieces_add(struct pieces *pieces, struct text piece);

#endif
