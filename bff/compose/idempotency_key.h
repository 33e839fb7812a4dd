/*
 * The request header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), and the keys that
 * services get.
 */
#ifndef BFF_COMPOSE_IDEMPOTENCY_KEY_H
#define BFF_COMPOSE_IDEMPOTENCY_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/sha256.h"
#include "bff/base/text.h"

#define IDEMPOTENCY_KEY_MOST 255      /* bytes of a client's key */
#define IDEMPOTENCY_KEY_PART_BYTES 34 /* a key for a service, with its quotation marks */

/*
 * Reads ${value}, the value of the field. It is a string of RFC 9651 ("8e03978e"), or the same
 * without quotation marks: then all bytes are visible ASCII other than '"', '\', ',' and ';'. Both
 * forms are the same key. Returns the key, which may be in ${pool}; absent for any other value and
 * for a key that is empty or longer than IDEMPOTENCY_KEY_MOST.
 */
struct text idempotency_key_read(struct text value, struct pool *pool);

/* What a key is valid for. Absent texts are allowed; they differ from empty ones. */
struct idempotency_key_scope {
    struct text server; /* the build: "bff-web" */
    struct text route;  /* of the composite, "POST /api/orders/:id" */
    struct text user;   /* the id of the user */
    struct text client; /* the name of the API key */
    struct text key;    /* of the request */
};

/* Writes a hash of ${scope} to ${out}. It is the same in all instances. */
void idempotency_key_hash(const struct idempotency_key_scope *scope,
                          unsigned char out[SHA256_BYTES]);

/* The request, as repeats must have it. */
struct idempotency_key_request {
    struct text method, path, query;
    struct text body;                          /* JSON, without white space around it */
    struct text authorization, cookie, caller; /* only when the user is not known */
};

/* Writes the fingerprint of ${request} to ${out}. */
void idempotency_key_print(const struct idempotency_key_request *request,
                           unsigned char out[SHA256_BYTES]);

/*
 * Writes the Idempotency-Key that the service of the part ${part} gets to ${out}, with its
 * quotation marks, and returns it. ${hash} is that of the request's key, or random bytes. The
 * result is the same for every repeat and in all instances. Other parts have other keys.
 * ${is_undo}: the key of the call that undoes the part.
 */
struct text idempotency_key_for_part(const unsigned char hash[SHA256_BYTES], struct text part,
                                     bool is_undo, char out[IDEMPOTENCY_KEY_PART_BYTES]);

#endif
