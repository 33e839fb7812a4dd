/*
 * Cookie as one field. HTTP/2 may send its pieces as fields of their own, because each of them is
 * compressed better then (RFC 9113 section 8.2.3). Some clients send several lines over HTTP/1.1.
 * All readers find one field with all pieces, joined by "; ".
 */
#ifndef BFF_HTTP_COOKIE_H
#define BFF_HTTP_COOKIE_H

#include <stddef.h>

#include <h2o.h>

#include "bff/base/text.h"

#define COOKIE_GAP 2 /* bytes between two pieces */

/* Pieces that are being joined. All zero: none have come. */
struct cookie {
    char *bytes;
    size_t size, capacity;
};

/* Adds ${piece}, which is copied. White space around it and an empty piece are left out. */
void cookie_add(struct cookie *cookie, struct text piece);

/* The pieces as one value, in the memory of ${pool}. */
h2o_iovec_t cookie_value(const struct cookie *cookie, h2o_mem_pool_t *pool);

/* Frees the pieces. */
void cookie_free(struct cookie *cookie);

/* True when ${field} is Cookie. */
bool cookie_is(const h2o_header_t *field);

/* Returns the value of the first cookie ${name} in ${field}, the value of a Cookie field; absent if
 * there is none. Quotes belong to the value (RFC 6265 section 5.4 sends them back as they came). */
struct text cookie_find(struct text field, struct text name);

/* Joins the fields Cookie of ${h2o} to one, in the place of the first. */
void cookie_join(h2o_req_t *h2o);

#endif
