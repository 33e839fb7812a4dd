/* See path_list.h. */
#include "bff/base/path_reading.h"
#include "bff/edge/path_list.h"

bool path_list_item_has(struct text base, struct text path)
{
    bool is_prefix = base.len > 0 && base.at[base.len - 1] == '/';

    base.len -= is_prefix;
    if (path.len < base.len || (path.len > base.len && !(is_prefix && path.at[base.len] == '/')))
        return false;
    return text_equal_nocase(base, (struct text){path.at, base.len});
}

bool path_list_has(const struct text *paths, size_t count, struct pool *pool, struct text path)
{
    struct text lenient = path_reading_lenient(pool, path);

    for (size_t i = 0; i < count; i++)
        if (path_list_item_has(paths[i], lenient))
            return true;
    return false;
}
