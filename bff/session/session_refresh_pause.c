/* See session_refresh_pause.h. */
#include "bff/base/clock.h"

#include "bff/session/session_refresh_pause.h"

#define FIRST_MS 1000
#define DOUBLINGS_MOST 3

bool session_refresh_pause_is_on(const struct session_refresh_pause *pause, int64_t now_ns)
{
    return now_ns < pause->until_ns;
}

void session_refresh_pause_succeed(struct session_refresh_pause *pause)
{
    *pause = (struct session_refresh_pause){0};
}

bool session_refresh_pause_fail(struct session_refresh_pause *pause, int64_t now_ns)
{
    if (++pause->failures < SESSION_REFRESH_PAUSE_FAILURES)
        return pause->failures == 1;
    unsigned doublings = pause->failures - SESSION_REFRESH_PAUSE_FAILURES;
    int64_t ms = FIRST_MS << (doublings < DOUBLINGS_MOST ? doublings : DOUBLINGS_MOST);
    if (ms > SESSION_REFRESH_PAUSE_MOST_MS)
        ms = SESSION_REFRESH_PAUSE_MOST_MS;
    pause->until_ns = now_ns + ms * CLOCK_MS;
    return false;
}
