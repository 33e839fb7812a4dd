/* Access rules: they decide whether a user may send a request. */
#ifndef BFF_EDGE_ACCESS_H
#define BFF_EDGE_ACCESS_H

#include "bff/base/text.h"
#include "bff/edge/caller.h"

enum access_kind {
    ACCESS_NOBODY, /* the rule was not set: nobody passes */
    ACCESS_PUBLIC,
    ACCESS_SIGNED_IN,
    ACCESS_ROLE,  /* users who have this role, perhaps among others */
    ACCESS_OWNER, /* the user with this id, or with the admin role */
    ACCESS_SCOPE, /* users whose token or key has these scopes */
    ACCESS_KEY,   /* requests with an API key; no user needs to be signed in */
};

struct access_rule {
    enum access_kind kind;
    struct text whom; /* the role, the owner's id, or the scopes separated by one space */
    struct text
        admin_role; /* users with this role pass like the owner; absent: only the owner passes */
    bool needs_all; /* all the scopes; otherwise one of them */
};

enum access_verdict {
    ACCESS_ALLOW,
    ACCESS_NEEDS_LOGIN, /* 401: nobody is signed in */
    ACCESS_NEEDS_KEY,   /* 401: there is no API key */
    ACCESS_FORBIDDEN,   /* 403 */
};

/*
 * Returns whether ${caller} passes ${rule}. Ids, roles and scopes are compared byte by byte. When
 * the owner's id is absent or empty, no user is the owner.
 */
enum access_verdict access_decide(struct access_rule rule, const struct caller *caller);

/*
 * Reads what an operator writes after "scope:" into ${rule}: "orders:read", "read|write" (one of
 * them) or "read+write" (all of them). The texts are in ${pool}. Returns NULL, or words that say
 * what is wrong. A scope has the bytes of RFC 6749 section 3.3, without '|' and '+'.
 */
const char *access_scopes_read(struct text text, struct pool *pool, struct access_rule *rule);

#endif
