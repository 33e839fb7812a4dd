/*
 * The table of revocation.c: keys of 64 bits with two times each, in open addressing. One thread at
 * a time adds; any number of threads read meanwhile, without a lock. Nothing is ever removed from a
 * table: a full one is replaced by another one (published.h).
 */
#ifndef BFF_EDGE_REVOCATION_TABLE_H
#define BFF_EDGE_REVOCATION_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/published.h"

/* What was issued before ${before_s} is revoked, until ${until_s}. */
struct revocation_row {
    _Atomic uint64_t key; /* 0: the place is free */
    _Atomic int64_t before_s;
    _Atomic int64_t until_s;
};

struct revocation_table {
    struct published_object object;
    size_t places; /* a power of two */
    size_t used;   /* the writer's own */
    struct revocation_row rows[];
};

/* Makes a table with room for at least ${most} keys. It has one reference. */
struct revocation_table *revocation_table_new(size_t most);

/* Returns the table of which ${object} is a part; NULL for NULL. */
struct revocation_table *revocation_table_of(struct published_object *object);

/* True when no other key can be added. */
bool revocation_table_is_full(const struct revocation_table *table);

/* Returns the row of ${key}, which is not 0; NULL: there is none. */
struct revocation_row *revocation_table_find(struct revocation_table *table, uint64_t key);

/* Adds a key that the table does not have. The table must not be full. */
void revocation_table_add(struct revocation_table *table, uint64_t key, int64_t before_s,
                          int64_t until_s);

/*
 * Returns a new table with the rows that have not ended at ${now_s}, and room for more. When they
 * are ${most} or more, those that end first are left out until an eighth of ${most} is free; their
 * number is added to ${*dropped}.
 */
struct revocation_table *revocation_table_again(struct revocation_table *table, int64_t now_s,
                                                size_t most, size_t *dropped);

#endif
