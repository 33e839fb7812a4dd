/*
 * What an authorizer answers:
 *
 *   200 {"allow": true, "user": "u7", "roles": "admin", "scopes": "read write",
 *        "context": {"x-tenant": "a"}, "ttl": 60}
 *
 * Only "allow" is needed. "roles" and "scopes" are texts or lists of texts. "ttl" is in seconds,
 * and can only shorten the time of the settings. The statuses 401 and 403 are a deny, with any
 * body. Everything else is a failure of the authorizer, and never an allow.
 *
 * An answer becomes a verdict (verdict.h): an entry with the status 200 or 403 and these fields.
 *
 *   user, roles, scopes   as in struct login_user; absent: the answer does not name them
 *   lines                 header lines for services, each with its CRLF: the context
 */
#ifndef BFF_EDGE_AUTHORIZER_ANSWER_H
#define BFF_EDGE_AUTHORIZER_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_entry.h"
#include "bff/edge/authorizer_settings.h"
#include "bff/edge/caller.h"
#include "bff/json/json.h"

#define AUTHORIZER_ANSWER_MAX ((size_t)64 * 1024) /* bytes of the body of an answer */
#define AUTHORIZER_LINES_MAX ((size_t)8 * 1024)   /* bytes of the header lines of a context */
#define AUTHORIZER_SCOPES_MAX ((size_t)4 * 1024)  /* bytes of all scopes */

struct authorizer_answer {
    bool is_allow;
    struct text user, roles, scopes; /* absent: not named */
    struct text lines;               /* absent: none */
    int64_t ttl_ms;
};

/* True when the settings may allow a context to set the header ${name}: it is a token without '_',
 * and no field of a connection, of a body, of a login, or of another identity (field_may_pass). */
bool authorizer_answer_may_set(struct text name);

/* Reads an answer whose status is ${status}. ${body} is valid JSON; JSON_NONE: there is none, or it
 * is no JSON. Texts are in ${pool} or in the body. Returns 0; or -1 for a failure. */
int authorizer_answer_read(const struct authorizer_settings *settings, int status, struct json body,
                           struct pool *pool, struct authorizer_answer *out);

/* Returns the verdict, with one reference. */
struct cache_entry *authorizer_answer_entry(const struct authorizer_settings *settings,
                                            const struct authorizer_answer *answer);

/* True when the verdict is an allow. */
bool authorizer_answer_is_allow(const struct cache_entry *entry);

/* Changes ${caller} as an allow says. Its texts are then in ${entry}, which must live as long. */
void authorizer_answer_apply(const struct cache_entry *entry, struct caller *caller);

#endif
