/*
 * Reads fields to which each proxy adds an item at the end: X-Forwarded-For and similar fields, and
 * Forwarded (RFC 7239). They are read from the end, because anybody can write the first items. A
 * quote without an end in the first items does not change how the items after it are read.
 */
#ifndef BFF_EDGE_FORWARDED_H
#define BFF_EDGE_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

/* The parameters of an item of Forwarded, without quotes. A missing parameter is absent. */
struct forwarded {
    struct text node;  /* "for": the sender of the request that the proxy got; see node.h */
    struct text proto; /* the protocol of that request */
    struct text host;  /* its Host */
};

/* Removes the last item from ${*rest}, a list with commas, and returns it without white space
 * around it. Commas in quotes do not separate items. Empty items are skipped (RFC 9110
 * section 5.6.1). Returns absent text when no item is left. */
struct text forwarded_last(struct text *rest);

/* Returns item number ${place} of ${list}, counted from the end and from 0. Returns the first item
 * when the list has fewer items, and absent text when it has none. */
struct text forwarded_nth_last(struct text list, size_t place);

/* Reads an item of Forwarded. All parameters are absent when the item is malformed, or when it has
 * one of them twice. */
struct forwarded forwarded_read(struct text item);

#endif
