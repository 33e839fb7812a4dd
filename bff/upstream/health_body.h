/*
 * The body of an answer to a health check. It is read piece by piece and is not kept. Its bytes are
 * counted, and a text is searched for in it, also across pieces. This header is for the files of
 * health only.
 */
#ifndef BFF_UPSTREAM_HEALTH_BODY_H
#define BFF_UPSTREAM_HEALTH_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/text.h"

#define HEALTH_BODY_MAX ((size_t)64 * 1024) /* bytes of an answer's body */

struct health_body {
    struct text wanted; /* absent or empty: any body will do */
    size_t *borders; /* for each beginning of ${wanted}: how many of its first bytes are the same as
                        its last ones (Knuth, Morris and Pratt) */
    size_t matched;  /* the last bytes of the body are so many first bytes of ${wanted} */
    size_t bytes;    /* of the body so far */
};

/* ${wanted} is borrowed. */
void health_body_init(struct health_body *body, struct text wanted);

/* Frees the memory of ${body}. Does nothing when it is all zero. */
void health_body_dispose(struct health_body *body);

/* A new body begins. */
void health_body_begin(struct health_body *body);

/* The next ${len} bytes have come. Returns the length of the body so far. */
size_t health_body_add(struct health_body *body, const char *bytes, size_t len);

/* True when the body has the text. */
bool health_body_has_text(const struct health_body *body);

#endif
