/*
 * The place of an entry. Any thread may take a reference to the entry while another thread replaces
 * it. Nobody waits, and the old entry is freed as soon as nobody uses it.
 *
 * The difficulty is that a thread reads the pointer and then adds a reference, and that the entry
 * could be freed in between. So the word of a cell has the pointer and the number of threads that
 * are just taking a reference. A thread announces itself there, adds its reference, and withdraws
 * the announcement. A thread that replaces the entry finds the announcements in the same word, and
 * leaves as many references to the announced threads. A thread that cannot withdraw its
 * announcement any more drops one of its two references instead.
 *
 * Such a thread may drop both references before the other thread has left them to it. So the cell
 * has very many references and not one. The thread that replaces the entry drops those that are too
 * many, in one step.
 */
#ifndef BFF_CACHE_CACHE_CELL_H
#define BFF_CACHE_CACHE_CELL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/cache/cache_entry.h"

/* All zero: empty. */
struct cache_cell {
    _Atomic uint64_t word; /* the pointer, and from bit 48 on the number of threads */
};

/* True when there is no entry. */
static inline bool cache_cell_is_empty(struct cache_cell *cell)
{
    return atomic_load(&cell->word) == 0;
}

/* Returns the entry with one more reference; NULL: there is none. */
struct cache_entry *cache_cell_take(struct cache_cell *cell);

/* Replaces the entry by ${entry}, which may be NULL and whose reference goes over to the cell.
 * Returns the old entry with the cell's reference; NULL: there was none. */
struct cache_entry *cache_cell_swap(struct cache_cell *cell, struct cache_entry *entry);

/* Removes ${entry} if it is still in the cell. Returns true when it was. Then its reference goes
 * over to the caller. */
bool cache_cell_remove(struct cache_cell *cell, const struct cache_entry *entry);

#endif
