/* Access rules: they decide whether a user may send a request. */
#ifndef BFF_EDGE_ACCESS_H
#define BFF_EDGE_ACCESS_H

#include "bff/base/text.h"
#include "bff/edge/login.h"

enum access_kind {
    ACCESS_NOBODY, /* the rule was not set: nobody passes */
    ACCESS_PUBLIC,
    ACCESS_SIGNED_IN,
    ACCESS_ROLE,  /* users who have this role, perhaps among others */
    ACCESS_OWNER, /* the user with this id, or with the admin role */
};

struct access_rule {
    enum access_kind kind;
    struct text whom; /* the role, or the owner's id */
    struct text
        admin_role; /* users with this role pass like the owner; absent: only the owner passes */
};

enum access_verdict {
    ACCESS_ALLOW,
    ACCESS_NEEDS_LOGIN, /* 401: nobody is signed in */
    ACCESS_FORBIDDEN,   /* 403 */
};

/*
 * Returns whether ${user} passes ${rule}. ${user} is NULL when no user is signed in. Ids and roles
 * are compared byte by byte. When the owner's id is absent or empty, no user is the owner.
 */
enum access_verdict access_decide(struct access_rule rule, const struct login_user *user);

#endif
