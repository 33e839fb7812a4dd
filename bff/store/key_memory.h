/*
 * Idempotency keys in the memory of the process, for all workers. The values are those of
 * key_answer.h. They survive a change of the configuration, and not a restart.
 *
 * The memory has a limit. A value that has not expired is never forgotten for another one: then
 * a repeated request would run a second time. So a claim is refused when the memory is full. A
 * claim reserves KEY_MEMORY_RESERVE bytes for its answer.
 *
 * Any thread may call these functions. Each locks a mutex for a short time. Times are in
 * milliseconds on the clock of clock_now_ns.
 */
#ifndef BFF_STORE_KEY_MEMORY_H
#define BFF_STORE_KEY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/store/key_claim.h"

#define KEY_MEMORY_RESERVE ((size_t)8 * 1024)

struct key_memory;

/* Returns the memory of ${registry}, with one more reference (registry.h). */
struct key_memory *key_memory_hold(struct registry *registry);

/* Sets the most bytes of all entries. What is stored stays, even if it is more. */
void key_memory_set_limit(struct key_memory *memory, size_t bytes);

enum key_memory_end {
    KEY_MEMORY_SET,     /* the key was free, and is running for the claim now */
    KEY_MEMORY_AGAIN,   /* its running time was over, and it is running for the claim now */
    KEY_MEMORY_UNDOING, /* its running time was over while changes were being taken back */
    KEY_MEMORY_FOUND,   /* the key has a value */
    KEY_MEMORY_FULL,
};

/* Makes the key of ${claim} running if it may. With KEY_MEMORY_FOUND, copies the value of the key
 * to ${pool}, and sets ${found}. */
enum key_memory_end key_memory_claim(struct key_memory *memory, const struct key_claim *claim,
                                     int64_t now_ms, struct pool *pool, struct text *found);

/* The functions below do nothing when the key is not running for ${claim}. */

/* Replaces the value of the key by ${value}. Returns false when there is no room for it. */
bool key_memory_replace(struct key_memory *memory, const struct key_claim *claim, struct text value,
                        int64_t now_ms);

/* Notes that changes are being taken back. Returns false when the key is not running for
 * ${claim}. */
bool key_memory_mark(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms);

/* Ends the running time of the key: a repeat may claim it. */
void key_memory_leave(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms);

/* Frees the key. When it was claimed again, does what key_memory_leave does. */
void key_memory_drop(struct key_memory *memory, const struct key_claim *claim, int64_t now_ms);

/* What is stored, for tests and metrics. */
struct key_memory_report {
    size_t entries, bytes;
};
struct key_memory_report key_memory_read(struct key_memory *memory);

#endif
