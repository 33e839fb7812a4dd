/* See log_pace.h. */
#include "bff/base/clock.h"
#include "bff/base/log_pace.h"

bool log_pace_is_due(struct log_pace *pace)
{
    int64_t last_ns = atomic_load(&pace->last_ns), now_ns = clock_now_ns();

    return (last_ns == 0 || now_ns - last_ns >= LOG_PACE_S * CLOCK_S) &&
           atomic_compare_exchange_strong(&pace->last_ns, &last_ns, now_ns);
}
