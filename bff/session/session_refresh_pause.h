/* The pause of one provider, or of the service of the login, after failures. While it lasts, nobody
 * is asked: a provider that is down is not asked by each request. After it, the next one asks. */
#ifndef BFF_SESSION_SESSION_REFRESH_PAUSE_H
#define BFF_SESSION_SESSION_REFRESH_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

#define SESSION_REFRESH_PAUSE_FAILURES 3 /* one after the other; fewer make no pause */
#define SESSION_REFRESH_PAUSE_MOST_MS 5000

/* All zero: it is well. Times are of clock_now_ns. */
struct session_refresh_pause {
    unsigned failures; /* since the last success */
    int64_t until_ns;
};

bool session_refresh_pause_is_on(const struct session_refresh_pause *pause, int64_t now_ns);

void session_refresh_pause_succeed(struct session_refresh_pause *pause);

/* The pauses are 1 s, 2 s, 4 s, then SESSION_REFRESH_PAUSE_MOST_MS. Returns true when this is the
 * first failure since the last success. */
bool session_refresh_pause_fail(struct session_refresh_pause *pause, int64_t now_ns);

#endif
