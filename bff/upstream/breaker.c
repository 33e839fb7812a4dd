/* See breaker.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/breaker.h"

struct breaker {
    _Atomic int64_t since_ms;
};

static void init(void *object, struct text name)
{
    ((struct breaker *)object)->since_ms = clock_wall_ms();
}

static const struct registry_kind breakers = {.bytes = sizeof(struct breaker), .init = init};

struct breaker *breaker_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &breakers, name);
}

enum breaker_pass breaker_ask(struct breaker *breaker, const struct service_breaker *settings,
                              int64_t now_ns)
{
    must(settings->volume > 0);
    return BREAKER_PASSED;
}

void breaker_tell(struct breaker *breaker, const struct service_breaker *settings,
                  enum breaker_pass pass, enum breaker_outcome outcome, int64_t began_ns,
                  int64_t now_ns)
{
    must(pass != BREAKER_REFUSED);
}

int64_t breaker_wait_ns(const struct breaker *breaker, const struct service_breaker *settings,
                        int64_t now_ns)
{
    return 0;
}

struct breaker_report breaker_read(const struct breaker *breaker,
                                   const struct service_breaker *settings, int64_t now_ns)
{
    return (struct breaker_report){.since_ms = breaker->since_ms};
}
