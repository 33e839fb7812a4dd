/*
 * The public keys of one URL, as they are published to all workers (published.h). A key set never
 * changes.
 */
#ifndef BFF_TOKEN_KEY_SET_H
#define BFF_TOKEN_KEY_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/published.h"
#include "bff/base/text.h"
#include "bff/token/jwt_key.h"

#define KEY_SET_BYTES_MAX ((size_t)256 * 1024) /* of a JWK Set */

struct key_set {
    struct published_object object;
    uint64_t id; /* unlike that of every other key set of the process; never 0 */
    struct jwt_keys keys;
};

/*
 * Reads a JWK Set (jwks.h) from ${json}, which may be any bytes. Returns the set with one
 * reference. Returns NULL, and the mistake in ${wrong}, when no key of it can verify tokens of the
 * algorithms ${allowed}. ${listener} is called for keys that are left out. When there are more than
 * JWT_KEYS_MAX keys, the first ones are kept.
 */
struct key_set *key_set_read(struct text json, unsigned allowed,
                             const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE]);

/* True when both have the same keys, with the same names and algorithms, in the same order. */
bool key_set_equal(const struct key_set *a, const struct key_set *b);

/* Drops one reference. NULL: does nothing. */
void key_set_release(struct key_set *set);

#endif
