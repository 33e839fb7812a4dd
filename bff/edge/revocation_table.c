/* See revocation_table.h. */
#include <stdlib.h>

#include "bff/base/check.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"

#include "bff/edge/revocation_table.h"

#define PLACES_LEAST 64

static void dispose(struct published_object *object) { memory_free(revocation_table_of(object)); }

/* At most half of the places are used, so that a look-up reads few of them. */
struct revocation_table *revocation_table_new(size_t most)
{
    size_t places = PLACES_LEAST;

    while (places < 2 * most)
        places *= 2;
    struct revocation_table *table = memory_new(sizeof(*table) + places * sizeof(table->rows[0]));
    published_object_init(&table->object, dispose);
    table->places = places;
    return table;
}

struct revocation_table *revocation_table_of(struct published_object *object)
{
    return (struct revocation_table *)object;
}

bool revocation_table_is_full(const struct revocation_table *table)
{
    return 2 * table->used >= table->places;
}

/* Returns the row of ${key}, or the free place where it can be added. */
static struct revocation_row *place_of(struct revocation_table *table, uint64_t key)
{
    size_t mask = table->places - 1;

    for (size_t at = (size_t)hash_mix(key) & mask;; at = (at + 1) & mask) {
        uint64_t found = atomic_load_explicit(&table->rows[at].key, memory_order_acquire);
        if (found == key || found == 0)
            return &table->rows[at];
    }
}

struct revocation_row *revocation_table_find(struct revocation_table *table, uint64_t key)
{
    struct revocation_row *row = place_of(table, key);

    /* A free place may have got another key by now. */
    return atomic_load_explicit(&row->key, memory_order_acquire) == key ? row : NULL;
}

/* The key is written last: who reads it also reads the times. */
void revocation_table_add(struct revocation_table *table, uint64_t key, int64_t before_s,
                          int64_t until_s)
{
    struct revocation_row *row = place_of(table, key);

    must(!revocation_table_is_full(table) && atomic_load(&row->key) == 0);
    atomic_store(&row->before_s, before_s);
    atomic_store(&row->until_s, until_s);
    atomic_store_explicit(&row->key, key, memory_order_release);
    table->used++;
}

/* Another table. */

static int by_end(const void *a, const void *b)
{
    int64_t left = atomic_load(&(*(struct revocation_row *const *)a)->until_s);
    int64_t right = atomic_load(&(*(struct revocation_row *const *)b)->until_s);

    return (left < right) - (left > right);
}

/* Writes the rows that have not ended to ${out}. Returns their number. */
static size_t collect(struct revocation_table *table, int64_t now_s, struct revocation_row **out)
{
    size_t count = 0;

    for (size_t at = 0; at < table->places; at++) {
        struct revocation_row *row = &table->rows[at];
        if (atomic_load(&row->key) != 0 && now_s < atomic_load(&row->until_s))
            out[count++] = row;
    }
    return count;
}

struct revocation_table *revocation_table_again(struct revocation_table *table, int64_t now_s,
                                                size_t most, size_t *dropped)
{
    struct revocation_row **rows = memory_new((table->used + 1) * sizeof(struct revocation_row *));
    size_t count = collect(table, now_s, rows), kept = count;

    if (count >= most) {
        kept = most - most / 8 - 1;
        qsort(rows, count, sizeof(struct revocation_row *), by_end);
        *dropped += count - kept;
    }
    struct revocation_table *made = revocation_table_new(2 * kept < most ? 2 * kept : most);
    for (size_t i = 0; i < kept; i++)
        revocation_table_add(made, atomic_load(&rows[i]->key), atomic_load(&rows[i]->before_s),
                             atomic_load(&rows[i]->until_s));
    memory_free(rows);
    return made;
}
