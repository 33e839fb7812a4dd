/*
 * The cache of the process, in memory. All workers share it, and no worker waits for another one: a
 * look-up takes no lock, and memory that a look-up may still read is freed later (epochs). It is
 * bounded in bytes; SIEVE chooses the entries that are removed.
 *
 * A slot is the place of one key. It has the stored entry, if there is one, and says whether a
 * worker is fetching a new one: this is the slot's flight. Only one flight of a slot is under way
 * in the whole process (single flight). Everybody else waits for its end, or uses an entry that is
 * too old.
 *
 *   slot = cache_find(...)             never NULL
 *   entry = cache_slot_entry(slot)     NULL: nothing is stored
 *   cache_slot_lead(slot)              true: the caller fetches, and must end the flight
 *   cache_wait_begin(&wait, slot, ...) false came back: wait for the end of the flight
 *   cache_slot_end(slot, entry)        the leader ends the flight, with an entry or without
 *   cache_slot_release(slot)
 *
 * When a flight ends without an entry, each of those who wait may try to lead the next one; the
 * others wait again.
 */
#ifndef BFF_CACHE_CACHE_H
#define BFF_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"
#include "bff/loop/bell.h"

struct cache;        /* the process's */
struct cache_reader; /* a worker's: its epoch, those who wait, its bell */
struct cache_slot;

/* Returns a cache of the process with one reference (registry_release). ${name} absent: the cache
 * for responses. Another name is another cache, with a limit of its own. */
struct cache *cache_hold(struct registry *registry, struct text name);

/* Sets the most bytes of all entries together; 0: nothing is stored. */
void cache_set_limit(struct cache *cache, size_t bytes);

/* ${bell} is the worker's, and outlives the reader. */
struct cache_reader *cache_reader_new(struct cache *cache, struct bell *bell);
void cache_reader_free(struct cache_reader *reader);

/*
 * Returns the slot of ${key}, with a reference that belongs to ${reader}'s thread. Makes it if
 * there is none. ${key} is copied. It is everything that distinguishes stored responses: service,
 * target, user, and the values of the fields in Vary (cache_key.h).
 */
struct cache_slot *cache_find(struct cache_reader *reader, struct text key);
void cache_slot_release(struct cache_slot *slot);

/* Returns the entry with one more reference; NULL: there is none, or it was invalidated. */
struct cache_entry *cache_slot_entry(struct cache_slot *slot);

/* Begins a flight. Returns false when one is under way. */
bool cache_slot_lead(struct cache_slot *slot);

/* Returns a number that changes when a flight begins or ends. */
unsigned cache_slot_flight(const struct cache_slot *slot);

/* Like cache_slot_lead, for a caller that has read ${flight} and then the entry. It also returns
 * false when a flight has ended since then, perhaps with an entry: a wait ends at once then. */
bool cache_slot_lead_after(struct cache_slot *slot, unsigned flight);

/* Says that the flight which is under way takes longer than a request may wait. */
void cache_slot_tell_slow(struct cache_slot *slot);

/* True when that was said about the flight which is under way. */
bool cache_slot_is_slow(const struct cache_slot *slot);

/* Ends the flight of the caller and wakes those who wait. ${entry} is stored and gets one more
 * reference, unless it was invalidated after entry->asked_ns; NULL: the old entry stays. May be
 * called in another thread than cache_slot_lead. */
void cache_slot_end(struct cache_slot *slot, struct cache_entry *entry);

/* Removes the entry. */
void cache_slot_drop(struct cache_slot *slot);

/* Somebody who waits for the end of a flight, in the memory of its owner. All zero: not waiting. */
struct cache_wait {
    h2o_linklist_t link;
    struct cache_slot *slot;
    void (*ended)(struct cache_wait *wait); /* the flight has ended, with or without an entry */
    unsigned flight;                        /* cache_wait.c's own */
};

/* ${ended} is called once, from the loop and never from inside this function, also when the flight
 * has just ended. */
void cache_wait_begin(struct cache_reader *reader, struct cache_wait *wait, struct cache_slot *slot,
                      void (*ended)(struct cache_wait *wait));

/* Stops waiting: ended is not called. Does nothing when it does not wait. */
void cache_wait_end(struct cache_wait *wait);

/*
 * Invalidation. All take effect at once in all workers, and also for responses whose request was
 * sent before the invalidation and that have not arrived yet. They cost the same however much is
 * stored. Memory of invalidated entries is freed later. Paths and prefixes must have the spelling
 * of cache_path.h.
 */
void cache_invalidate_path(struct cache *cache, struct text path);
void cache_invalidate_prefix(struct cache *cache, struct text prefix);
void cache_invalidate_tag(struct cache *cache, struct text tag);
void cache_invalidate_all(struct cache *cache);

/* True when ${entry}, which need not be stored, was invalidated after entry->asked_ns. */
bool cache_has_invalidated(struct cache *cache, struct cache_entry *entry);

/*
 * True when entries that were removed, but are still in use, have as many bytes as the cache may
 * have. This happens when clients do not take answers that are sent from entries. Then no more
 * large bodies should be sent from entries, so that memory stays bounded.
 */
bool cache_is_crowded(const struct cache *cache);

struct cache_report {
    size_t limit; /* of the bytes */
    size_t bytes, entries;
    size_t slots; /* keys that are in memory, with an entry or without one */
    uint64_t evicted;
};

struct cache_report cache_read(const struct cache *cache);

#endif
