/* See deadline.h. */
#include "bff/base/clock.h"
#include "bff/edge/deadline.h"

#define FIELDS_MAX 8 /* how many fields are read; an honest client sends at most one */
#define LONGEST_MS ((uint64_t)24 * 60 * 60 * 1000)

int64_t deadline_read(struct text value)
{
    bool is_negative = text_starts(value, TEXT("-"));
    uint64_t ms;

    if (is_negative)
        value = (struct text){value.at + 1, value.len - 1};
    if (text_number(value, LONGEST_MS, &ms) != 0)
        return DEADLINE_NONE;
    return is_negative ? 0 : (int64_t)ms;
}

int64_t deadline_find(const struct request *request, int64_t now_ns)
{
    struct text values[FIELDS_MAX];
    size_t count = request_values(request, "x-request-deadline-ms", values, FIELDS_MAX);
    int64_t earliest_ns = 0;

    for (size_t i = 0; i < count && i < FIELDS_MAX; i++) {
        int64_t ms = deadline_read(values[i]), at_ns = now_ns + ms * CLOCK_MS;
        if (ms != DEADLINE_NONE && (earliest_ns == 0 || at_ns < earliest_ns))
            earliest_ns = at_ns;
    }
    return earliest_ns;
}
