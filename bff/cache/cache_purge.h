/*
 * A purge: the operator's order to forget stored responses. As JSON it is an object with exactly
 * one member:
 *
 *     {"path": "/api/products/1"}   the responses to requests for this path, with any query
 *     {"prefix": "/api/products"}   the same for all paths that begin with it
 *     {"tag": "product-1"}          the responses with this tag (Cache-Tag, Surrogate-Key)
 *     {"all": true}
 */
#ifndef BFF_CACHE_CACHE_PURGE_H
#define BFF_CACHE_CACHE_PURGE_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache.h"
#include "bff/json/json_print.h"

enum cache_purge_kind {
    CACHE_PURGE_PATH,
    CACHE_PURGE_PREFIX,
    CACHE_PURGE_TAG,
    CACHE_PURGE_ALL,
};

struct cache_purge {
    enum cache_purge_kind kind;
    struct text what; /* the path or the prefix, in the spelling of cache_path.h; the tag; absent
                       * for all */
};

#define CACHE_PURGE_MOST 8192 /* bytes of a path, a prefix or a tag */

/* Reads ${json}, which may be any bytes, into ${out}; its text is borrowed from ${json}, or in
 * ${pool}. Returns NULL; or words that say what is wrong, and need no escaping in JSON. */
const char *cache_purge_read(struct pool *pool, struct text json, struct cache_purge *out);

/* Returns words that say why ${what} cannot be purged as a ${kind}, as cache_purge_read does; NULL:
 * it can. */
const char *cache_purge_check(enum cache_purge_kind kind, struct text what);

/* Prints the object that cache_purge_read reads. */
void cache_purge_print(struct json_print *out, const struct cache_purge *purge);

/* Returns the name of the member: "path". */
const char *cache_purge_name(enum cache_purge_kind kind);

/* Invalidates what is stored. */
void cache_purge_apply(struct cache *cache, const struct cache_purge *purge);

#endif
