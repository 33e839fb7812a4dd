/* See login_scopes.h. */
#include "bff/edge/login_roles.h"

#include "bff/edge/login_scopes.h"

bool login_scopes_have(struct text scopes, struct text scope)
{
    while (scopes.len > 0 && scope.len > 0)
        if (text_equal(text_cut(&scopes, ' '), scope))
            return true;
    return false;
}

static int add_one(struct text scope, char *bytes, size_t *len)
{
    if (scope.len == 0 || login_scopes_have((struct text){bytes, *len}, scope))
        return 0;
    if (!login_roles_is_plain(scope))
        return -1;
    if (*len > 0)
        bytes[(*len)++] = ' ';
    memcpy(bytes + *len, scope.at, scope.len);
    *len += scope.len;
    return 0;
}

/* ${bytes} has ${*len} bytes, and room for the scopes and a space. */
static int add(struct json value, struct pool *pool, char *bytes, size_t *len)
{
    struct text rest = json_text(value, pool);

    if (!json_is(value, JSON_STRING))
        return -1;
    while (rest.len > 0)
        if (add_one(text_cut(&rest, ' '), bytes, len) != 0)
            return -1;
    return 0;
}

int login_scopes_read(struct json claim, struct pool *pool, struct text *scopes)
{
    size_t len = 0;

    *scopes = TEXT("");
    if (json_is(claim, JSON_NONE))
        return 0;
    /* A decoded scope is no longer than its JSON, which has quotes in the place of the space. */
    char *bytes = pool_take(pool, claim.len);
    if (!json_is(claim, JSON_ARRAY) && add(claim, pool, bytes, &len) != 0)
        return -1;
    json_each (one, claim)
        if (json_is(claim, JSON_ARRAY) && add(one, pool, bytes, &len) != 0)
            return -1;
    *scopes = (struct text){bytes, len};
    return 0;
}
