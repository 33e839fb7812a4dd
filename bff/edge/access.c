/* See access.h. */
#include "bff/edge/login_roles.h"
#include "bff/edge/login_scopes.h"

#include "bff/edge/access.h"

/* True when ${a} and ${b} are equal. An absent or empty text is not equal to any text. */
static bool is_same(struct text a, struct text b) { return a.len > 0 && text_equal(a, b); }

static bool has_scopes(struct access_rule rule, struct text scopes)
{
    struct text rest = rule.whom;
    bool has_one = false, has_all = rest.len > 0;

    while (rest.len > 0) {
        bool has = login_scopes_have(scopes, text_cut(&rest, ' '));
        has_one = has_one || has;
        has_all = has_all && has;
    }
    return rule.needs_all ? has_all : has_one;
}

static bool is_allowed(struct access_rule rule, const struct login_user *user)
{
    switch (rule.kind) {
    case ACCESS_PUBLIC:
    case ACCESS_KEY:
    case ACCESS_SIGNED_IN:
        return true;
    case ACCESS_ROLE:
        return login_roles_have(user->roles, rule.whom);
    case ACCESS_OWNER:
        return is_same(rule.whom, user->id) || login_roles_have(user->roles, rule.admin_role);
    case ACCESS_SCOPE:
        return has_scopes(rule, user->scopes);
    case ACCESS_NOBODY:
        break;
    }
    return false;
}

enum access_verdict access_decide(struct access_rule rule, const struct caller *caller)
{
    if (rule.kind == ACCESS_PUBLIC)
        return ACCESS_ALLOW;
    if (rule.kind == ACCESS_KEY)
        return caller->key != NULL ? ACCESS_ALLOW : ACCESS_NEEDS_KEY;
    if (!caller->has_user)
        return ACCESS_NEEDS_LOGIN;
    return is_allowed(rule, &caller->user) ? ACCESS_ALLOW : ACCESS_FORBIDDEN;
}

/* RFC 6749 section 3.3: scope-token. '|' and '+' stand between scopes here. */
static bool is_scope(struct text scope)
{
    for (size_t i = 0; i < scope.len; i++) {
        char c = scope.at[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '|' || c == '+')
            return false;
    }
    return scope.len > 0 && scope.len <= LOGIN_CLAIM_MAX;
}

const char *access_scopes_read(struct text text, struct pool *pool, struct access_rule *rule)
{
    bool has_all = text.len > 0 && memchr(text.at, '+', text.len) != NULL;
    bool has_any = text.len > 0 && memchr(text.at, '|', text.len) != NULL;
    char *bytes = pool_take(pool, text.len + 1);
    struct text rest = text;

    if (has_all && has_any)
        return "expected either | (one of them) or + (all of them) between scopes";
    do {
        if (!is_scope(text_cut(&rest, has_all ? '+' : '|')))
            return "expected the name of a scope, as in scope:orders:read";
    } while (rest.at != NULL);
    memcpy(bytes, text.at, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (bytes[i] == '+' || bytes[i] == '|')
            bytes[i] = ' ';
    bytes[text.len] = '\0';
    *rule =
        (struct access_rule){.kind = ACCESS_SCOPE, .whom = {bytes, text.len}, .needs_all = has_all};
    return NULL;
}
