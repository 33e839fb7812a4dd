/*
 * A circuit breaker counts the calls to a service and stops them while too many of them fail. Its
 * states and numbers are those of opossum (npm). The breaker is state of the process: all workers
 * share it, and it survives a change of the configuration.
 *
 *   closed     calls pass. The breaker opens when a call fails, the window has at least
 *              settings->volume calls, and more than settings->error_percent of them failed
 *   open       calls are refused. Refused calls count as calls of the window
 *   half open  begins settings->reset_ms after the breaker has opened. One call passes: the trial.
 *              All other calls are refused. The trial's success closes the breaker, and its failure
 *              opens it again
 *
 * A call counts in the bucket in which it began, and its failure in the bucket in which it ended.
 * There are two differences from opossum. A cancelled call (BREAKER_NOTHING) is taken out of the
 * window. In the half open state, only the end of the trial decides; in opossum, the end of an
 * older call decides, too.
 *
 * The breaker writes the events breaker_open, breaker_half_open and breaker_closed to the log.
 *
 * No function waits. Settings are those of the caller's configuration; volume is not 0.
 */
#ifndef BFF_UPSTREAM_BREAKER_H
#define BFF_UPSTREAM_BREAKER_H

#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/upstream/service.h"

struct breaker;

enum breaker_state {
    BREAKER_CLOSED,
    BREAKER_OPEN,
    BREAKER_HALF_OPEN,
    BREAKER_STATES,
};

/* The breaker's answer to a call that wants to begin. */
enum breaker_pass {
    BREAKER_REFUSED, /* the call must not be made */
    BREAKER_PASSED,
    BREAKER_TRIAL, /* the call passes, and its end decides */
};

enum breaker_outcome {
    BREAKER_WORKED,
    BREAKER_FAILED,
    BREAKER_NOTHING, /* the call was cancelled and says nothing about the service. It is taken out
                        of the window. After a trial, the next call is the trial */
};

struct breaker_report {
    enum breaker_state state;
    int64_t since_ms;         /* wall clock, when it entered the state */
    uint32_t calls, failures; /* of the window */
};

/* Returns the breaker ${name}: "users" for that of a service, or a name with spaces for that of a
 * route or a part ("route /api/users/ to users"). The log names the breaker by it. The caller drops
 * the reference with registry_release. */
struct breaker *breaker_hold(struct registry *registry, struct text name);

/* A call wants to begin at ${now_ns} of clock_now_ns. Unless the answer is BREAKER_REFUSED,
 * breaker_tell must be called once with the same answer. */
enum breaker_pass breaker_ask(struct breaker *breaker, const struct service_breaker *settings,
                              int64_t now_ns);

/* The call that got ${pass} at ${began_ns} has ended. */
void breaker_tell(struct breaker *breaker, const struct service_breaker *settings,
                  enum breaker_pass pass, enum breaker_outcome outcome, int64_t began_ns,
                  int64_t now_ns);

/* Returns the time in ns until the breaker allows a trial; 0: a call may be made now, or the trial
 * is under way. */
int64_t breaker_wait_ns(const struct breaker *breaker, const struct service_breaker *settings,
                        int64_t now_ns);

struct breaker_report breaker_read(const struct breaker *breaker,
                                   const struct service_breaker *settings, int64_t now_ns);

/* What the metrics say of a breaker. The numbers are of the process, and never fall. */
struct breaker_count {
    struct text name; /* as in breaker_hold; lives as long as the breaker */
    enum breaker_state state;
    uint64_t entered[BREAKER_STATES]; /* how often it has entered each state */
};

struct breaker_count breaker_count(const struct breaker *breaker, int64_t now_ns);

#endif
