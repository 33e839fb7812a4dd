/*
 * An API key: what is known of a program that calls this server. The key itself is a secret of the
 * program. This server knows only its SHA-256, finds the key by it, and never logs or stores the
 * key.
 */
#ifndef BFF_EDGE_API_KEY_H
#define BFF_EDGE_API_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define API_KEY_MAX 512     /* bytes of a key that a client presents */
#define API_KEY_NAME_MAX 64 /* bytes of a name */
#define API_KEY_DIGEST 32   /* bytes of a SHA-256 */

struct api_keys_settings;

/*
 *   name    for logs, limits and services: visible ASCII without blanks, quotes and commas. Two
 *           keys may have the same name, so that a program can change its key; they are counted
 *           together
 *   plan    the index of its usage plan in the settings; API_KEY_NO_PLAN: it has none
 *   user    the key acts as this user; empty: as nobody
 *   roles   of the user, as in login_user; perhaps empty
 *   scopes  the same
 */
struct api_key {
    struct text name;
    size_t plan;
    struct text user, roles, scopes;
};

#define API_KEY_NO_PLAN SIZE_MAX

/* What a file, Redis or a service says of a key, as texts; absent or empty: nothing is said. */
struct api_key_row {
    struct text name;
    struct text plan; /* the name of the plan */
    struct text user;
    struct text roles;    /* separated by commas */
    struct text scopes;   /* separated by blanks */
    struct text disabled; /* "false" and "0": it is not disabled; "true" and "1": it is */
};

enum api_key_reading {
    API_KEY_GOOD,
    API_KEY_DISABLED,
    API_KEY_WRONG, /* the row is a mistake of who has written it */
};

/*
 * Reads ${row} into ${out}. The texts of ${out} are those of the row, or in ${pool}. ${settings}
 * has the plans. With API_KEY_WRONG, ${*wrong} says what is wrong: "the name is missing".
 */
enum api_key_reading api_key_read(const struct api_key_row *row,
                                  const struct api_keys_settings *settings, struct pool *pool,
                                  struct api_key *out, const char **wrong);

/* Returns a copy of ${key}, with its texts, in ${pool}. */
const struct api_key *api_key_copy(const struct api_key *key, struct pool *pool);

/* True when ${value} can be a key that a client presents: visible ASCII, 1 to API_KEY_MAX bytes. */
bool api_key_is_plausible(struct text value);

/* Writes the SHA-256 of ${value}. */
void api_key_digest(struct text value, unsigned char digest[API_KEY_DIGEST]);

/* Reads 64 hexadecimal digits in any case. Returns 0, or -1 for any other text. */
int api_key_digest_read(struct text hex, unsigned char digest[API_KEY_DIGEST]);

#endif
