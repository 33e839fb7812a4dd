/* See call_breaker.h. */
#include "bff/base/clock.h"
#include "bff/upstream/call.h"
#include "bff/upstream/call_breaker.h"

static struct breaker *breaker_of(const struct call *call)
{
    return call->ask->breaker != NULL ? call->ask->breaker : call->service->breaker;
}

static const struct service_breaker *settings_of(const struct call *call)
{
    return &call->service->settings->breaker;
}

bool call_breaker_ask(struct call *call)
{
    struct breaker *breaker = breaker_of(call);

    if (settings_of(call)->volume == 0 || call->ask->only != NULL)
        return true;
    call->pass = breaker_ask(breaker, settings_of(call), call->began_ns);
    if (call->pass == BREAKER_REFUSED)
        return false;
    call->breaker = breaker;
    return true;
}

void call_breaker_tell(struct call *call, enum breaker_outcome outcome, int64_t now_ns)
{
    if (call->breaker != NULL)
        breaker_tell(call->breaker, settings_of(call), call->pass, outcome, call->began_ns, now_ns);
    call->breaker = NULL;
}

/* An open breaker counts the call, as it counts all calls that it refuses. If the breaker has
 * changed its state just now, the call is taken out again. */
bool call_breaker_is_open(struct call *call)
{
    struct breaker *breaker = breaker_of(call);

    if (settings_of(call)->volume == 0 ||
        breaker_wait_ns(breaker, settings_of(call), call->began_ns) <= 0)
        return false;
    if (!call_breaker_ask(call))
        return true;
    call_breaker_tell(call, BREAKER_NOTHING, call->began_ns);
    return false;
}

unsigned call_breaker_wait_s(const struct call *call)
{
    int64_t second_ns = 1000 * CLOCK_MS;
    int64_t wait_ns = breaker_wait_ns(breaker_of(call), settings_of(call), call->began_ns);

    return wait_ns <= 0 ? 1 : (unsigned)((wait_ns + second_ns - 1) / second_ns);
}
