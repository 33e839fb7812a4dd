/* See method.h. */
#include "bff/http/method.h"

bool method_is_known(struct text method) { return text_list_has(TEXT(METHOD_ALL), method); }

bool method_is_idempotent(struct text method)
{
    return !text_is(method, "POST") && !text_is(method, "PATCH");
}

bool method_may_change(struct text method)
{
    return !method_is_read(method) && !text_is(method, "OPTIONS");
}

bool method_is_read(struct text method)
{
    return text_is(method, "GET") || text_is(method, "HEAD");
}

bool method_has_body(struct text method)
{
    return text_is(method, "POST") || text_is(method, "PUT") || text_is(method, "PATCH");
}

bool method_is_taken(struct text offered, struct text method)
{
    return text_equal(offered, method) || (text_is(offered, "GET") && text_is(method, "HEAD"));
}

bool method_is_among(const struct text *list, struct text method)
{
    for (const struct text *one = list; one != NULL && one->at != NULL; one++)
        if (method_is_taken(*one, method))
            return true;
    return list == NULL;
}

struct text method_join(struct pool *pool, struct text list, struct text more)
{
    if (list.len == 0 || more.len == 0)
        return list.len == 0 ? more : list;
    struct text joined = list;
    while (more.at != NULL) {
        struct text one = text_trim(text_cut(&more, ','));
        if (!text_list_has(list, one))
            joined = pool_print(pool, "%.*s, %.*s", TEXT_ARGS(joined), TEXT_ARGS(one));
    }
    return joined;
}

struct text method_add(struct pool *pool, struct text list, struct text method)
{
    if (text_list_has(list, method))
        return list;
    return pool_print(pool, "%.*s%s%.*s%s", TEXT_ARGS(list), list.len > 0 ? ", " : "",
                      TEXT_ARGS(method), text_is(method, "GET") ? ", HEAD" : "");
}
