/*
 * Replaces secrets by "[redacted]" in what is shown to people or written to files: recorded
 * requests, recorded answers of services. Four things are secrets:
 *
 *   the value of a member of JSON, of a parameter, or of an element of XML, with one of the names
 *   below, at any depth. In a name such as user.password or user[password], each word counts
 *   user name and password of a URL: "https://[redacted]@shop.example"
 *   a signed token (JWT): "eyJ", and letters of base64url with at least two dots between them
 *   what follows "Bearer "
 *
 * The names are those of json_redact.c (password, token...), those that end with "password",
 * "secret", "token" or "apiKey", such as newPassword, and those of the user. They are compared
 * after escapes are decoded, without regard to case, '-', '_' and blanks: "access_token",
 * "accessToken" and "acc\u0065ss-token" are the same name.
 */
#ifndef BFF_JSON_JSON_REDACT_H
#define BFF_JSON_JSON_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define JSON_REDACT_WORD "[redacted]"

/* The names. Constant, in a pool; any thread may use them. */
struct json_redact;

/* Returns the names of json_redact.c and the ${count} names ${more}. It is in ${pool}. */
const struct json_redact *json_redact_new(struct pool *pool, const struct text *more, size_t count);

/* True when ${name}, which is decoded, is one of the names, or has one of them as a word. */
bool json_redact_has(const struct json_redact *redact, struct text name);

/*
 * Returns a copy of ${body}, a body of any kind, without its secrets. When it is valid JSON, the
 * result is valid JSON with the same members, and "[redacted]" is the value of those with a secret.
 * Strings are searched as texts are. Otherwise the result is that of json_redact_text. It is
 * ${body} itself when there is no secret in a text.
 */
struct text json_redact_body(const struct json_redact *redact, struct text body, struct pool *pool);

/* Does the same for a text that is no JSON, or only contains some: lines of JSON, a form, a log. In
 * "name=value", "name: value" and "\"name\":value" with one of the names, the value is replaced. */
struct text json_redact_text(const struct json_redact *redact, struct text text, struct pool *pool);

/* Does the same for the part of a request's target before the '?', for the part after it, and for
 * both: /verify/[redacted]?token=[redacted]. Secrets may be percent-encoded. An absent query stays
 * absent. */
struct text json_redact_path(const struct json_redact *redact, struct text path, struct pool *pool);
struct text json_redact_query(const struct json_redact *redact, struct text query,
                              struct pool *pool);
struct text json_redact_target(const struct json_redact *redact, struct text target,
                               struct pool *pool);

#endif
