/* Access rules: whether a user passes a rule. */
#ifndef BFF_EDGE_ACCESS_H
#define BFF_EDGE_ACCESS_H

#include "bff/base/text.h"
#include "bff/edge/login.h"

enum access_kind {
    ACCESS_NOBODY, /* a rule that was not set: nobody passes */
    ACCESS_PUBLIC,
    ACCESS_SIGNED_IN,
    ACCESS_ROLE,  /* users who have this role, perhaps among others */
    ACCESS_OWNER, /* the user with this id, or with the admin role */
};

struct access_rule {
    enum access_kind kind;
    struct text whom;       /* the role, or the owner's id */
    struct text admin_role; /* passes like the owner; absent: only the owner passes */
};

enum access_verdict {
    ACCESS_ALLOW,
    ACCESS_NEEDS_LOGIN, /* 401: nobody is signed in */
    ACCESS_FORBIDDEN,   /* 403 */
};

/*
 * Decides by ${rule}; ${user} is NULL when no user is signed in. Ids and roles are compared byte by
 * byte. When the owner is absent or empty, no user is the owner.
 */
enum access_verdict access_decide(struct access_rule rule, const struct login_user *user);

#endif
