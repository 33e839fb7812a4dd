/*
 * An answer's body as a list of pieces, each borrowed from where it lies: the service's own bytes,
 * text prepared at boot, what a field printed. It goes out in one writev and is never copied
 * together. Pieces that lie side by side in memory become one.
 */
#ifndef BFF_COMPOSE_PIECES_H
#define BFF_COMPOSE_PIECES_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct pieces {
    struct pool *pool;
    struct text *rows;
    size_t count, capacity;
    size_t bytes; /* of all pieces together */
};

void pieces_init(struct pieces *pieces, struct pool *pool, size_t expected);
void pieces_add(struct pieces *pieces, struct text piece); /* an empty one adds nothing */

#endif
