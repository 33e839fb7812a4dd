/*
 * The fields to which each proxy adds an item at the end: X-Forwarded-For and similar fields, and
 * Forwarded (RFC 7239). They are read from the end. Anybody can write the items before those of
 * trusted proxies, and a quote that is never closed there must not hide the items behind it.
 */
#ifndef BFF_EDGE_FORWARDED_H
#define BFF_EDGE_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

/* One proxy's item of Forwarded. Values have no quotes; a parameter that is missing is absent. */
struct forwarded {
    struct text node;  /* for: who sent the request to the proxy; node.h reads it */
    struct text proto; /* how */
    struct text host;  /* and which Host it had */
};

/* Cuts the last item off ${*rest}, a list with commas, and returns it trimmed. Commas in quotes do
 * not separate. Empty items are left out (RFC 9110 section 5.6.1). Returns absent text when there
 * is no item left. */
struct text forwarded_last(struct text *rest);

/* The item number ${place} of ${list}, counted from its end and from 0; its first item when it has
 * fewer. Absent when it has none. */
struct text forwarded_nth_last(struct text list, size_t place);

/* Reads an item of Forwarded. What is not a list of parameters, or has one of them twice, gives an
 * item without any. */
struct forwarded forwarded_read(struct text item);

#endif
