/*
 * The scopes of a token, as one text: "orders:read orders:write" (RFC 6749 section 3.3).
 */
#ifndef BFF_EDGE_LOGIN_SCOPES_H
#define BFF_EDGE_LOGIN_SCOPES_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/json/json.h"

/*
 * Reads ${claim}, a string of scopes with spaces between them or a list of such strings, into
 * ${*scopes}, which lives in ${pool}. Scopes keep their order; repeated ones are dropped.
 * JSON_NONE,
 * "" and [] give an empty text. Returns 0; or -1 for a value of another kind, and for a scope with
 * a byte that is not visible ASCII or with more than LOGIN_CLAIM_MAX bytes.
 */
int login_scopes_read(struct json claim, struct pool *pool, struct text *scopes);

/* True when ${scope} is one of ${scopes}, byte by byte. An absent or empty scope is none of them.
 */
bool login_scopes_have(struct text scopes, struct text scope);

#endif
