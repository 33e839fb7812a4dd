/* See tally.h. */
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/tally.h"

#define LINE_BYTES 64

/* Only the owner writes the counts. */
struct counts {
    alignas(LINE_BYTES) _Atomic uint64_t at[TALLY_COUNT];
    struct counts *next;
};

static struct counts *_Atomic all;
static _Thread_local struct counts *own;

static struct counts *own_new(void)
{
    struct counts *counts = memory_new_aligned(LINE_BYTES, sizeof(*counts));

    counts->next = atomic_load_explicit(&all, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&all, &counts->next, counts, memory_order_release,
                                                  memory_order_relaxed))
        ;
    return counts;
}

void tally_add_many(enum tally tally, uint64_t more)
{
    if (own == NULL)
        own = own_new();
    uint64_t before = atomic_load_explicit(&own->at[tally], memory_order_relaxed);
    atomic_store_explicit(&own->at[tally], before + more, memory_order_relaxed);
}

void tally_add(enum tally tally) { tally_add_many(tally, 1); }

uint64_t tally_read(enum tally tally)
{
    uint64_t sum = 0;

    must(tally < TALLY_COUNT);
    for (const struct counts *counts = atomic_load_explicit(&all, memory_order_acquire);
         counts != NULL; counts = counts->next)
        sum += atomic_load_explicit(&counts->at[tally], memory_order_relaxed);
    return sum;
}
