/*
 * An object that is read for each request and seldom replaced: a set of keys, a file of API keys.
 * The object never changes. A new one is published in its place. All workers read it, and a worker
 * takes a lock only in its first look after a replacement.
 *
 * Objects begin with a struct published_object. The publication has one reference, and each view
 * that has seen the object has another one.
 */
#ifndef BFF_BASE_PUBLISHED_H
#define BFF_BASE_PUBLISHED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct published_object {
    atomic_size_t references;
    void (*dispose)(struct published_object *object); /* frees it; may run in any thread */
};

/* All zero, with the mutex made by published_init, is a publication of nothing. */
struct published {
    pthread_mutex_t lock;
    _Atomic uint64_t version; /* of the replacements */
    struct published_object *object;
};

/* What one thread has seen. All zero: nothing. */
struct published_view {
    uint64_t version;
    struct published_object *object;
};

void published_init(struct published *published);

/* Drops the publication's reference. Views may go on. */
void published_dispose(struct published *published);

/* Publishes ${object}; NULL: nothing. The publication takes over the caller's reference. May be
 * called from any thread. */
void published_set(struct published *published, struct published_object *object);

/* Returns what is published now; NULL: nothing. It is valid until the next look of the same view,
 * or published_unsee. */
struct published_object *published_look(struct published *published, struct published_view *view);

/* Drops the view's reference. Afterwards it is all zero. */
void published_unsee(struct published_view *view);

/* Makes ${object} an object with one reference. */
void published_object_init(struct published_object *object,
                           void (*dispose)(struct published_object *object));

struct published_object *published_object_hold(struct published_object *object);

/* Drops one reference; the last one disposes of the object. NULL: does nothing. */
void published_object_release(struct published_object *object);

#endif
