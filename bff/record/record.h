/*
 * The flight recorder: the last requests of all workers, with their parts, calls and answers. A
 * worker adds a request when it is over (record_observer.h); those who look at requests take
 * references. The object is in the registry, so the requests survive a new configuration.
 *
 * Each worker has a list with a lock of its own, so that workers rarely wait for each other. When
 * there are too many requests, or too many bytes, the oldest request of all lists goes.
 *
 * An entry has values as services have sent them. What leaves the process must go through
 * json_redact.h.
 */
#ifndef BFF_RECORD_RECORD_H
#define BFF_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/record/record_entry.h"
#include "bff/record/record_settings.h"

struct record;

/* Returns the recorder of ${registry}, with one more reference for registry_release. */
struct record *record_hold(struct registry *registry);

/* From now on, ${settings} say how many requests there are at most, how many bytes
 * (record_entry.bytes), and which answers are kept. */
void record_configure(struct record *record, const struct record_settings *settings);

/* True when the answers of all requests are kept: the configuration says so, or somebody has called
 * record_last within the last minute. */
bool record_keeps_answers(const struct record *record, int64_t now_ns);

/* Adds ${entry}, with the caller's reference, to the list of ${worker}, and gives it its number: 1,
 * 2, 3... in the order in which requests end. To be called in that worker's thread. */
void record_add(struct record *record, unsigned worker, struct record_entry *entry);

/*
 * Writes requests to ${out}, the oldest first, with a reference for the caller to each
 * (record_entry_release), and returns how many there are: at most ${most}. With ${after} 0 they are
 * the newest ones; otherwise they are the first ones after number ${after}. Any thread may call it.
 */
size_t record_last(struct record *record, uint64_t after, size_t most, struct record_entry **out);

/* Returns the request with this number, with a reference for the caller; NULL: there is none. */
struct record_entry *record_find(struct record *record, uint64_t number);

/* Returns the bytes of all requests now, and ${*requests} is their number. */
size_t record_bytes(const struct record *record, size_t *requests);

/* Returns a random text: the numbers are those of this recorder only as long as it is the same. */
struct text record_epoch(const struct record *record);

#endif
