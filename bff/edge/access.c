/* See access.h. */
#include "bff/edge/access.h"

static bool is_owner(struct text owner, const struct login_user *user)
{
    return text_is(user->role, ACCESS_ADMIN) || (owner.len > 0 && text_equal(owner, user->id));
}

static bool is_allowed(struct access_rule rule, const struct login_user *user)
{
    switch (rule.kind) {
    case ACCESS_PUBLIC:
    case ACCESS_SIGNED_IN:
        return true;
    case ACCESS_ROLE:
        return rule.whom.len > 0 && text_equal(rule.whom, user->role);
    case ACCESS_OWNER:
        return is_owner(rule.whom, user);
    case ACCESS_NOBODY:
        break;
    }
    return false;
}

enum access_verdict access_decide(struct access_rule rule, const struct login_user *user)
{
    if (rule.kind == ACCESS_PUBLIC)
        return ACCESS_ALLOW;
    if (user == NULL)
        return ACCESS_NEEDS_LOGIN;
    return is_allowed(rule, user) ? ACCESS_ALLOW : ACCESS_FORBIDDEN;
}
