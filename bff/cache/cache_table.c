/* See cache_table.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_table.h"

#define CHAINS ((size_t)1 << 18)

void cache_table_init(struct cache_table *table)
{
    table->chains = memory_new(CHAINS * sizeof(*table->chains));
}

static struct cache_slot *_Atomic *chain_of(const struct cache_table *table, uint64_t hash)
{
    return &table->chains[hash % CHAINS];
}

void cache_table_dispose(struct cache_table *table)
{
    for (size_t i = 0; i < CHAINS; i++)
        for (struct cache_slot *slot = table->chains[i], *next; slot != NULL; slot = next) {
            next = slot->next;
            cache_slot_free(slot);
        }
    memory_free((void *)table->chains);
}

/* Looks in a chain from ${slot} on. Skips a slot that was taken out, because there may be another
 * slot of the same key behind it. */
static struct cache_slot *find_from(struct cache_slot *slot, uint64_t hash, struct text key)
{
    for (; slot != NULL; slot = atomic_load_explicit(&slot->next, memory_order_acquire))
        if (slot->hash == hash && text_equal(slot->key, key) && cache_slot_hold(slot))
            return slot;
    return NULL;
}

struct cache_slot *cache_table_find(const struct cache_table *table, uint64_t hash, struct text key)
{
    return find_from(atomic_load(chain_of(table, hash)), hash, key);
}

/* The head cannot be freed and come back as another slot, because the caller is in an epoch. */
struct cache_slot *cache_table_insert(struct cache_table *table, struct cache_slot *slot)
{
    struct cache_slot *_Atomic *chain = chain_of(table, slot->hash);
    struct cache_slot *head = atomic_load(chain), *found;

    do {
        if ((found = find_from(head, slot->hash, slot->key)) != NULL)
            return found;
        atomic_store_explicit(&slot->next, head, memory_order_relaxed);
    } while (!atomic_compare_exchange_strong(chain, &head, slot));
    return NULL;
}

/* Other threads only insert before the head. So when the slot is no longer the head, the slot
 * before it stays before it. */
void cache_table_take_out(struct cache_table *table, struct cache_slot *slot)
{
    struct cache_slot *_Atomic *chain = chain_of(table, slot->hash);
    struct cache_slot *before = slot, *next = atomic_load(&slot->next);

    if (atomic_compare_exchange_strong(chain, &before, next))
        return;
    while (atomic_load(&before->next) != slot)
        before = atomic_load(&before->next);
    atomic_store(&before->next, next);
}
