/* See login_scopes.h. */
#include "bff/edge/login_list.h"
#include "bff/edge/login_roles.h"

#include "bff/edge/login_scopes.h"

bool login_scopes_have(struct text scopes, struct text scope)
{
    while (scopes.len > 0 && scope.len > 0)
        if (text_equal(text_cut(&scopes, ' '), scope))
            return true;
    return false;
}

static int take(struct login_list *list, struct text scopes)
{
    while (scopes.len > 0) {
        struct text scope = text_cut(&scopes, ' ');
        if (!login_roles_is_plain(scope))
            return -1;
        login_list_add(list, scope);
    }
    return 0;
}

int login_scopes_read(struct json claim, struct pool *pool, struct text *scopes)
{
    return login_list_read(claim, ' ', pool, take, scopes);
}
