/* See published.h. */
#include <stddef.h>

#include "bff/base/check.h"
#include "bff/base/published.h"

void published_init(struct published *published)
{
    must(pthread_mutex_init(&published->lock, NULL) == 0);
    atomic_init(&published->version, 0);
    published->object = NULL;
}

void published_dispose(struct published *published)
{
    published_object_release(published->object);
    published->object = NULL;
    must(pthread_mutex_destroy(&published->lock) == 0);
}

void published_set(struct published *published, struct published_object *object)
{
    must(pthread_mutex_lock(&published->lock) == 0);
    struct published_object *before = published->object;
    published->object = object;
    atomic_fetch_add(&published->version, 1);
    must(pthread_mutex_unlock(&published->lock) == 0);
    published_object_release(before);
}

struct published_object *published_look(struct published *published, struct published_view *view)
{
    if (atomic_load(&published->version) == view->version)
        return view->object;
    struct published_object *before = view->object;
    must(pthread_mutex_lock(&published->lock) == 0);
    view->version = atomic_load(&published->version);
    view->object = published->object == NULL ? NULL : published_object_hold(published->object);
    must(pthread_mutex_unlock(&published->lock) == 0);
    published_object_release(before);
    return view->object;
}

void published_unsee(struct published_view *view)
{
    published_object_release(view->object);
    *view = (struct published_view){0};
}

void published_object_init(struct published_object *object,
                           void (*dispose)(struct published_object *object))
{
    atomic_init(&object->references, 1);
    object->dispose = dispose;
}

struct published_object *published_object_hold(struct published_object *object)
{
    atomic_fetch_add(&object->references, 1);
    return object;
}

void published_object_release(struct published_object *object)
{
    if (object == NULL)
        return;
    size_t before = atomic_fetch_sub(&object->references, 1);
    must(before > 0);
    if (before == 1)
        object->dispose(object);
}
