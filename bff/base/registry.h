/*
 * Reference-counted objects that belong to the process and not to one configuration, such as the
 * state of an endpoint or the counter of a limit. An object is found by its kind and its name.
 * Every configuration that uses an object has a reference to it, so that the object survives the
 * change from one configuration to the next. An object without references is freed.
 *
 * registry_hold and registry_release lock a mutex. They are for the loading and the end of a
 * configuration, not for requests. The mutex does not protect the contents of an object. The code
 * of the kind must protect them (with atomics, or with a lock of its own).
 */
#ifndef BFF_BASE_REGISTRY_H
#define BFF_BASE_REGISTRY_H

#include <stddef.h>

#include "bff/base/text.h"

struct registry;

/* A kind of object. It is a constant, and its address identifies the kind. */
struct registry_kind {
    size_t bytes; /* size of an object; its memory is cleared and shares no cache line with another
                     object */
    void (*init)(void *object, struct text name); /* called once, after clearing; may be NULL */
    void (*dispose)(void *object); /* called once, at the last release; may be NULL */
};

/* The registry of the process. It exists from the start and never ends. */
struct registry *registry_of_process(void);

/* Makes a separate registry, for tests. */
struct registry *registry_new(void);

/* Frees a registry that registry_new has made. It must be empty. Does nothing for NULL. */
void registry_free(struct registry *registry);

/*
 * Returns the object of ${kind} and ${name} with one more reference. If the object does not exist,
 * it is created. init and dispose are called with the mutex locked, so they must not call the
 * registry. ${name} is copied.
 */
void *registry_hold(struct registry *registry, const struct registry_kind *kind, struct text name);

/* Adds one reference to an object to which the caller has one already. Returns ${object}. */
void *registry_hold_again(void *object);

/* Drops one reference. If it was the last one, dispose is called and the object is freed. Does
 * nothing for NULL. */
void registry_release(void *object);

/* Returns the number of objects of ${kind}. For tests and for metrics. */
size_t registry_count(struct registry *registry, const struct registry_kind *kind);

#endif
