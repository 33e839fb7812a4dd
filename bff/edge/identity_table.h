/*
 * The tokens that are kept until shortly before they end. The table has a fixed number of places. A
 * token is found by a text that has all that the token says of its user and its service, compared
 * byte by byte, so no user gets another one's token.
 *
 * A text belongs to one of some groups of four places, by a hash with a secret. A new token takes
 * an empty place of its group, or the place of the token that ends first.
 */
#ifndef BFF_EDGE_IDENTITY_TABLE_H
#define BFF_EDGE_IDENTITY_TABLE_H

#include <stdint.h>

#include "bff/base/text.h"

#define IDENTITY_TABLE_TOKENS 4096

struct identity_table;

struct identity_table *identity_table_new(void);
void identity_table_free(struct identity_table *table); /* NULL: does nothing */

/* Returns the token of ${key} if it may be used at ${now_s}; else absent. It is valid until the
 * next identity_table_put. */
struct text identity_table_find(const struct identity_table *table, struct text key, int64_t now_s);

/* Keeps a copy of ${token}, which may be used from ${from_s} until before ${until_s}, and returns
 * it. It is valid until the next identity_table_put. */
struct text identity_table_put(struct identity_table *table, struct text key, struct text token,
                               int64_t from_s, int64_t until_s);

#endif
