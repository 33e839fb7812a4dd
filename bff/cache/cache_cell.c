/* See cache_cell.h. */
#include "bff/base/check.h"
#include "bff/cache/cache_cell.h"

#define POINTER_BITS 48
#define ONE_TAKING ((uint64_t)1 << POINTER_BITS)
#define SHARE (1u << 16) /* references of a cell: more than there are threads */

static struct cache_entry *entry_of(uint64_t word)
{
    return (struct cache_entry *)(uintptr_t)(word & (ONE_TAKING - 1));
}

static uint64_t taking(uint64_t word) { return word >> POINTER_BITS; }

/* Announces this thread. Returns the word after that; 0: there is no entry. */
static uint64_t announce(struct cache_cell *cell)
{
    uint64_t seen = atomic_load(&cell->word);

    do {
        if (seen == 0)
            return 0;
    } while (!atomic_compare_exchange_weak(&cell->word, &seen, seen + ONE_TAKING));
    return seen + ONE_TAKING;
}

/* It does not matter which announcement is withdrawn. When the same entry was taken out and put
 * back, there may be none for this thread, or only that of another one. The sum is always right:
 * each thread drops one announcement or one reference. */
struct cache_entry *cache_cell_take(struct cache_cell *cell)
{
    uint64_t seen = announce(cell);
    struct cache_entry *entry = entry_of(seen);

    if (entry == NULL)
        return NULL;
    cache_entry_hold(entry);
    while (entry_of(seen) == entry && taking(seen) > 0)
        if (atomic_compare_exchange_weak(&cell->word, &seen, seen - ONE_TAKING))
            return entry;
    cache_entry_release(entry);
    return entry;
}

/* The cell had ${word} until now. Returns its entry. One reference stays for the caller, and one
 * for each thread that was announced. */
static struct cache_entry *settle(uint64_t word)
{
    struct cache_entry *entry = entry_of(word);

    if (entry != NULL)
        atomic_fetch_sub(&entry->references, SHARE - 1 - (unsigned)taking(word));
    return entry;
}

struct cache_entry *cache_cell_swap(struct cache_cell *cell, struct cache_entry *entry)
{
    uint64_t word = (uint64_t)(uintptr_t)entry;

    must(taking(word) == 0);
    if (entry != NULL)
        atomic_fetch_add(&entry->references, SHARE - 1);
    return settle(atomic_exchange(&cell->word, word));
}

bool cache_cell_remove(struct cache_cell *cell, const struct cache_entry *entry)
{
    uint64_t seen = atomic_load(&cell->word);

    while (entry_of(seen) == entry) {
        if (!atomic_compare_exchange_weak(&cell->word, &seen, 0))
            continue;
        settle(seen);
        return true;
    }
    return false;
}
