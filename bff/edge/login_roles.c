/* See login_roles.h. */
#include "bff/edge/login_list.h"

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

static int take(struct login_list *list, struct text role)
{
    if (role.len > 0 && !login_roles_is_one(role))
        return -1;
    login_list_add(list, role);
    return 0;
}

static int take_split(struct login_list *list, struct text roles)
{
    while (roles.len > 0)
        if (take(list, text_cut(&roles, ' ')) != 0)
            return -1;
    return 0;
}

int login_roles_read(struct json claim, bool splits, struct pool *pool, struct text *roles)
{
    return login_list_read(claim, ',', pool, splits ? take_split : take, roles);
}
