/*
 * State that belongs to the process and not to a configuration, found by kind and name: what is
 * known about an endpoint, a counter of a limit. Every configuration that names an object holds a
 * reference to it, so that the object survives the change from one configuration to the next. An
 * object without a reference is freed.
 *
 * Holding and releasing take a mutex. They are for the loading and the end of a configuration, not
 * for a request. The mutex does not protect the contents of an object. The kind must protect them
 * (with atomics, or with a lock of its own).
 */
#ifndef BFF_BASE_REGISTRY_H
#define BFF_BASE_REGISTRY_H

#include <stddef.h>

#include "bff/base/text.h"

struct registry;

/* A kind of object. It lies in constant memory, and its address identifies it. */
struct registry_kind {
    size_t bytes; /* of an object; the memory is cleared and begins a cache line of its own */
    void (*init)(void *object, struct text name); /* called once, after clearing; may be NULL */
    void (*dispose)(void *object); /* called once, with the last release; may be NULL */
};

/* The registry of the process. It exists from the start and never ends. */
struct registry *registry_of_process(void);

/* Makes a separate registry, for tests. */
struct registry *registry_new(void);

/* Frees a registry of registry_new, which must be empty. NULL: nothing. */
void registry_free(struct registry *registry);

/*
 * The object of ${kind} and ${name}, with one more reference. The first hold makes it. init and
 * dispose run under the mutex, so they must not call the registry. ${name} is copied.
 */
void *registry_hold(struct registry *registry, const struct registry_kind *kind, struct text name);

/* One more reference to an object that the caller already holds. Returns ${object}. */
void *registry_hold_again(void *object);

/* Drops one reference. The last one disposes of the object and frees it. NULL: nothing. */
void registry_release(void *object);

/* Returns the number of objects of ${kind}. For tests and for metrics. */
size_t registry_count(struct registry *registry, const struct registry_kind *kind);

#endif
