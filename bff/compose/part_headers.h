/*
 * Header fields of the services' answers that clients get: .headers of a part. The names are read
 * at start. A call of a page with such parts keeps these fields of its answer.
 */
#ifndef BFF_COMPOSE_PART_HEADERS_H
#define BFF_COMPOSE_PART_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/upstream/exchange.h"

#define PART_HEADERS_MAX 16                   /* fields that a call keeps; more are dropped */
#define PART_HEADERS_BYTES ((size_t)8 * 1024) /* of their values together */

/* Names, in lower case. */
struct part_headers_names {
    const char **rows;
    size_t count;
};

/* Fields that a call has kept, in the order of its answer. */
struct part_headers_kept {
    struct pool *pool;
    const struct part_headers_names *names; /* what it keeps */
    size_t count, bytes;
    struct part_headers_field {
        const char *name; /* one of ${names} */
        struct text value;
    } rows[PART_HEADERS_MAX];
};

/* Adds the names in ${list}, which has spaces between them, to ${out}. Returns NULL, or a sentence
 * about what is wrong with them. */
const char *part_headers_read(struct pool *pool, const char *list, struct part_headers_names *out);

/* True when ${names} has ${name}, which is in lower case. */
bool part_headers_has(const struct part_headers_names *names, const char *name);

/* Keeps the fields of ${head}. Those that were kept before are forgotten: they are of an answer in
 * whose place another one has come. */
void part_headers_keep(struct part_headers_kept *kept, const struct exchange_head *head);

#endif
