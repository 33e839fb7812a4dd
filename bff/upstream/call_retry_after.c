/* See call_retry_after.h. */
#include "bff/base/clock.h"
#include "bff/base/http_date.h"
#include "bff/upstream/call_retry_after.h"

#define DAY_S 86400

static struct text field(const struct exchange_head *head)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("retry-after")))
            return head->fields[i].value;
    return (struct text){0};
}

static int64_t wait_s(struct text value)
{
    uint64_t seconds;
    int64_t at_s, now_s = clock_wall_s();

    if (value.len == 0)
        return 0;
    if (text_number(value, DAY_S, &seconds) == 0)
        return (int64_t)seconds;
    if (value.at[0] >= '0' && value.at[0] <= '9')
        return DAY_S;
    if (http_date_read(value, now_s, &at_s) < 0 || at_s <= now_s)
        return 0;
    return at_s - now_s < DAY_S ? at_s - now_s : DAY_S;
}

int64_t call_retry_after_ns(const struct exchange_head *head)
{
    return wait_s(field(head)) * 1000 * CLOCK_MS;
}
