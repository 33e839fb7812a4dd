/* See call_retry_after.h. */
#include <string.h>
#include <time.h>

#include "bff/base/clock.h"
#include "bff/upstream/call_retry_after.h"

#define DAY_S 86400
#define DATE_BYTES 64 /* every valid date is shorter */

static struct text field(const struct exchange_head *head)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("retry-after")))
            return head->fields[i].value;
    return (struct text){0};
}

/* Reads the three formats of RFC 9110 section 5.6.7. Returns -1 when ${text} has none of them. */
static int64_t date_s(struct text text)
{
    static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                          "%a %b %d %H:%M:%S %Y"};
    char date[DATE_BYTES] = "";

    if (text.len >= sizeof(date))
        return -1;
    memcpy(date, text.at, text.len);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct tm tm = {0};
        const char *end = strptime(date, formats[i], &tm);
        if (end != NULL && *end == '\0')
            return timegm(&tm);
    }
    return -1;
}

static int64_t wait_s(struct text value)
{
    uint64_t seconds;
    int64_t at_s, now_s = clock_wall_ms() / 1000;

    if (value.len == 0)
        return 0;
    if (text_number(value, DAY_S, &seconds) == 0)
        return (int64_t)seconds;
    if (value.at[0] >= '0' && value.at[0] <= '9')
        return DAY_S;
    at_s = date_s(value);
    return at_s <= now_s ? 0 : at_s - now_s < DAY_S ? at_s - now_s : DAY_S;
}

int64_t call_retry_after_ns(const struct exchange_head *head)
{
    return wait_s(field(head)) * 1000 * CLOCK_MS;
}
