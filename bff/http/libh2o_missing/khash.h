/*
 * Replaces the khash.h that Debian's h2o/http2_internal.h includes, because the package does not
 * contain it. We never read the hash table of a connection's streams, because a stream is found
 * from its request.
 */
#ifndef BFF_HTTP_LIBH2O_MISSING_KHASH_H
#define BFF_HTTP_LIBH2O_MISSING_KHASH_H

#include <stdlib.h>

typedef unsigned khiter_t;
#define khash_t(name) kh_##name##_t
#define KHASH_MAP_INIT_INT64(name, type)                                                           \
    typedef struct kh_##name##_s {                                                                 \
        int opaque;                                                                                \
    } kh_##name##_t;
#define kh_get(name, table, key) ((void)(table), (void)(key), abort(), 0U)
#define kh_end(table) ((void)(table), 0U)
#define kh_val(table, at) ((void)(table), (void)(at), (void *)0)

#endif
