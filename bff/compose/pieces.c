/* See pieces.h. */
#include <string.h>

#include "bff/compose/pieces.h"

#define ROWS_FIRST 8
#define ROOM_BYTES ((size_t)4 * 1024) /* allocated when the expected memory was not enough */

void pieces_init(struct pieces *pieces, struct pool *pool, size_t expected)
{
    *pieces = (struct pieces){.pool = pool};
    pieces->rows = pool_take(pool, ROWS_FIRST * sizeof(*pieces->rows));
    pieces->capacity = ROWS_FIRST;
    pieces->room = pool_take(pool, expected);
    pieces->room_left = expected;
}

static void add_row(struct pieces *pieces, struct text piece)
{
    if (pieces->count == pieces->capacity) {
        struct text *grown = pool_take(pieces->pool, 2 * pieces->capacity * sizeof(*grown));
        memcpy(grown, pieces->rows, pieces->count * sizeof(*grown));
        pieces->rows = grown;
        pieces->capacity *= 2;
    }
    pieces->rows[pieces->count++] = piece;
}

/* Adds ${len} copied bytes. When the last piece was also copied, they become part of that piece. */
static void add_copied(struct pieces *pieces, const char *copy, size_t len)
{
    struct text *last = pieces->count == 0 ? NULL : &pieces->rows[pieces->count - 1];

    if (last != NULL && last->at + last->len == copy)
        last->len += len;
    else
        add_row(pieces, (struct text){copy, len});
}

void pieces_add(struct pieces *pieces, struct text piece)
{
    if (piece.len == 0)
        return;
    pieces->bytes += piece.len;
    if (piece.len >= PIECES_BORROWED) {
        add_row(pieces, piece);
        return;
    }
    if (piece.len > pieces->room_left) {
        pieces->room = pool_take(pieces->pool, ROOM_BYTES);
        pieces->room_left = ROOM_BYTES;
    }
    memcpy(pieces->room, piece.at, piece.len);
    add_copied(pieces, pieces->room, piece.len);
    pieces->room += piece.len;
    pieces->room_left -= piece.len;
}
