/* See login_list.h. */
#include "bff/edge/login_list.h"

static bool has(const struct login_list *list, struct text item)
{
    struct text rest = {list->bytes, list->len};

    while (rest.len > 0)
        if (text_equal(text_cut(&rest, list->separator), item))
            return true;
    return false;
}

/* There is room: a decoded item is no longer than its JSON, which has quotes in the place of the
 * separator. */
void login_list_add(struct login_list *list, struct text item)
{
    if (item.len == 0 || has(list, item))
        return;
    if (list->len > 0)
        list->bytes[list->len++] = list->separator;
    memcpy(list->bytes + list->len, item.at, item.len);
    list->len += item.len;
}

static int take_one(struct json value, struct pool *pool,
                    int (*take)(struct login_list *list, struct text string),
                    struct login_list *list)
{
    return json_is(value, JSON_STRING) ? take(list, json_text(value, pool)) : -1;
}

int login_list_read(struct json claim, char separator, struct pool *pool,
                    int (*take)(struct login_list *list, struct text string), struct text *out)
{
    *out = TEXT("");
    if (json_is(claim, JSON_NONE))
        return 0;
    struct login_list list = {.bytes = pool_take(pool, claim.len), .separator = separator};
    if (!json_is(claim, JSON_ARRAY) && take_one(claim, pool, take, &list) != 0)
        return -1;
    json_each (one, claim)
        if (json_is(claim, JSON_ARRAY) && take_one(one, pool, take, &list) != 0)
            return -1;
    *out = (struct text){list.bytes, list.len};
    return 0;
}
