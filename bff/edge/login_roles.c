/* See login_roles.h. */
#include "bff/edge/login_roles.h"

bool login_roles_is_plain(struct text text)
{
    if (text.len > LOGIN_CLAIM_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < ' ' || text.at[i] > '~')
            return false;
    }
    return text_equal(text, text_trim(text));
}

bool login_roles_is_one(struct text role)
{
    return role.len > 0 && login_roles_is_plain(role) && memchr(role.at, ',', role.len) == NULL;
}

bool login_roles_have(struct text roles, struct text role)
{
    return role.len > 0 && text_list_has(roles, role);
}

/* ${bytes} has ${*len} bytes, and room for the role and a comma. */
static int add(struct json value, struct pool *pool, char *bytes, size_t *len)
{
    struct text role = json_text(value, pool);

    if (!json_is(value, JSON_STRING))
        return -1;
    if (role.len == 0 || login_roles_have((struct text){bytes, *len}, role))
        return 0;
    if (!login_roles_is_one(role))
        return -1;
    if (*len > 0)
        bytes[(*len)++] = ',';
    memcpy(bytes + *len, role.at, role.len);
    *len += role.len;
    return 0;
}

int login_roles_read(struct json claim, struct pool *pool, struct text *roles)
{
    size_t len = 0;

    *roles = TEXT("");
    if (json_is(claim, JSON_NONE))
        return 0;
    /* A decoded role is no longer than its JSON, which has quotes in the place of the comma. */
    char *bytes = pool_take(pool, claim.len);
    if (!json_is(claim, JSON_ARRAY) && add(claim, pool, bytes, &len) != 0)
        return -1;
    json_each (one, claim)
        if (json_is(claim, JSON_ARRAY) && add(one, pool, bytes, &len) != 0)
            return -1;
    *roles = (struct text){bytes, len};
    return 0;
}
