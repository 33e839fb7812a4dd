/* See cache_freshness.h. */
#include "bff/base/http_date.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_freshness.h"

static int64_t until_expires_s(struct text expires, struct text date, int64_t wall_s)
{
    int64_t expires_s, date_s;

    if (http_date_read(expires, wall_s, &expires_s) < 0)
        return 0;
    if (http_date_read(date, wall_s, &date_s) < 0)
        date_s = wall_s;
    if (expires_s <= date_s)
        return 0;
    return expires_s - date_s < CACHE_CONTROL_MOST ? expires_s - date_s : CACHE_CONTROL_MOST;
}

int64_t cache_freshness_s(const struct cache_control *control, const struct exchange_field *fields,
                          size_t count, int64_t wall_s)
{
    struct text expires;

    if (control->s_maxage != CACHE_CONTROL_ABSENT)
        return control->s_maxage;
    if (control->max_age != CACHE_CONTROL_ABSENT)
        return control->max_age;
    expires = cache_field_find(fields, count, "expires");
    if (expires.at == NULL)
        return CACHE_FRESHNESS_UNKNOWN;
    return until_expires_s(expires, cache_field_find(fields, count, "date"), wall_s);
}
