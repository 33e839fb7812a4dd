/* See access.h. */
#include "bff/edge/login_roles.h"

#include "bff/edge/access.h"

/* True when ${a} and ${b} are equal. An absent or empty text is not equal to any text. */
static bool is_same(struct text a, struct text b) { return a.len > 0 && text_equal(a, b); }

static bool is_allowed(struct access_rule rule, const struct login_user *user)
{
    switch (rule.kind) {
    case ACCESS_PUBLIC:
    case ACCESS_SIGNED_IN:
        return true;
    case ACCESS_ROLE:
        return login_roles_have(user->roles, rule.whom);
    case ACCESS_OWNER:
        return is_same(rule.whom, user->id) || login_roles_have(user->roles, rule.admin_role);
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
