/* Changes the query of a request on its way to the service. */
#ifndef BFF_PROXY_PLAIN_QUERY_H
#define BFF_PROXY_PLAIN_QUERY_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/proxy/plain_field.h"

/*
 * The changes. Names are decoded.
 *
 *   set      rows of a name and a value, which replaces the parameter; it is encoded. "{id}" in a
 *            value is the capture ":id" of the route's path
 *   remove   rows of a name
 *   rename   rows of a name and the new name
 */
struct plain_query {
    struct plain_fields set, remove, rename;
};

static inline bool plain_query_changes(const struct plain_query *query)
{
    return query->set.count + query->remove.count + query->rename.count > 0;
}

/*
 * Returns ${query} with the changes; absent when nothing is left of it. ${query} is as the client
 * wrote it, or absent. Parameters that no row names stay byte by byte, and in their order. Names
 * are decoded once before they are compared, as forms are: '+' is a blank. A parameter that is set
 * takes the place of the first one of its name, or is added at the end. ${pattern} and ${path} are
 * as in plain_pattern_capture.
 */
struct text plain_query_apply(struct pool *pool, const struct plain_query *changes,
                              struct text pattern, struct text path, struct text query);

#endif
