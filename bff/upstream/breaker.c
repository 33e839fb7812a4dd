/*
 * See breaker.h. The window and one atomic number, the word, decide about each call. Each change of
 * state is one compare-and-exchange. Only the end of a trial is a plain write, by the thread that
 * has the trial. So exactly one thread makes each change, and this thread writes the event.
 *
 * The word has a phase in its last two bits, and above them the time of clock_now_ns when the
 * breaker opened. The phase OPEN means half open as soon as settings->reset_ms have passed since
 * then. The first call after that time claims the trial. A closed breaker is all zero.
 */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/rolling.h"
#include "bff/upstream/breaker.h"

enum phase {
    CLOSED,
    OPEN,      /* half open when settings->reset_ms have passed: then the trial is due */
    TRYING,    /* half open: the trial is under way */
    TRY_AGAIN, /* half open: the trial was cancelled, and the next call is the trial */
};

#define PHASE_BITS 2
#define PHASE_MASK (((uint64_t)1 << PHASE_BITS) - 1)

struct breaker {
    _Atomic uint64_t word;
    struct rolling window;    /* first: calls, second: failures */
    _Atomic int64_t since_ms; /* wall clock, when it opened or closed */
    _Atomic int64_t left_ns;  /* of clock_now_ns, when it last left the closed state */
    _Atomic int64_t reset_ms; /* of the settings, when it opened last */
    _Atomic uint64_t entered[BREAKER_STATES];
    struct text name;
};

static void init(void *object, struct text name)
{
    struct breaker *breaker = object;

    breaker->since_ms = clock_wall_ms();
    breaker->name = name;
}

static const struct registry_kind breakers = {.bytes = sizeof(struct breaker), .init = init};

struct breaker *breaker_hold(struct registry *registry, struct text name)
{
    return registry_hold(registry, &breakers, name);
}

/* The word. */

static uint64_t word_of(enum phase phase, int64_t opened_ns)
{
    return (uint64_t)opened_ns << PHASE_BITS | phase;
}

static enum phase phase_of(uint64_t word) { return word & PHASE_MASK; }

static int64_t opened_ns(uint64_t word) { return (int64_t)(word >> PHASE_BITS); }

static int64_t rest_ns(uint64_t word, const struct service_breaker *settings, int64_t now_ns)
{
    int64_t at_ns = opened_ns(word) + settings->reset_ms * CLOCK_MS;

    return phase_of(word) == OPEN && at_ns > now_ns ? at_ns - now_ns : 0;
}

static bool is_trial_due(uint64_t word, const struct service_breaker *settings, int64_t now_ns)
{
    return phase_of(word) == TRY_AGAIN ||
           (phase_of(word) == OPEN && rest_ns(word, settings, now_ns) == 0);
}

/* The window. */

static int64_t bucket_ns(const struct service_breaker *settings)
{
    return settings->window_ms * CLOCK_MS / ROLLING_BUCKETS;
}

static struct rolling_counts sum(const struct breaker *breaker,
                                 const struct service_breaker *settings, int64_t now_ns)
{
    return rolling_sum(&breaker->window, bucket_ns(settings), now_ns);
}

/* This is opossum's formula, and it rounds in the same way. */
static bool is_too_much(struct rolling_counts counts, const struct service_breaker *settings)
{
    return counts.first >= settings->volume &&
           (double)counts.second / counts.first * 100 > settings->error_percent;
}

/* Events. */

static struct log_field name_of(const struct breaker *breaker)
{
    bool is_own = memchr(breaker->name.at, ' ', breaker->name.len) != NULL;

    return (struct log_field){is_own ? "breaker" : "service", .text = breaker->name};
}

static int64_t open_ms(const struct breaker *breaker, int64_t now_ns)
{
    return (now_ns - atomic_load(&breaker->left_ns)) / CLOCK_MS;
}

static void log_open(const struct breaker *breaker, const struct service_breaker *settings,
                     int64_t now_ns)
{
    struct rolling_counts counts = sum(breaker, settings, now_ns);

    log_event("breaker_open", (struct log_field[]){name_of(breaker),
                                                   {"calls", .number = counts.first},
                                                   {"failures", .number = counts.second},
                                                   {"reset_ms", .number = settings->reset_ms},
                                                   {0}});
}

static void log_half_open(const struct breaker *breaker, int64_t now_ns)
{
    log_event("breaker_half_open",
              (struct log_field[]){
                  name_of(breaker), {"open_ms", .number = open_ms(breaker, now_ns)}, {0}});
}

static void log_closed(const struct breaker *breaker, const struct service_breaker *settings,
                       int64_t now_ns)
{
    struct rolling_counts counts = sum(breaker, settings, now_ns);

    log_event("breaker_closed",
              (struct log_field[]){name_of(breaker),
                                   {"calls", .number = counts.first},
                                   {"failures", .number = counts.second},
                                   {"open_ms", .number = open_ms(breaker, now_ns)},
                                   {0}});
}

/* Changes of the state. */

static void enter(struct breaker *breaker, enum breaker_state state,
                  const struct service_breaker *settings)
{
    atomic_fetch_add(&breaker->entered[state], 1);
    atomic_store(&breaker->reset_ms, settings->reset_ms);
}

/* Opens a breaker that is closed. */
static void leave_closed(struct breaker *breaker, const struct service_breaker *settings,
                         int64_t now_ns)
{
    uint64_t closed = 0;

    if (!atomic_compare_exchange_strong(&breaker->word, &closed, word_of(OPEN, now_ns)))
        return;
    enter(breaker, BREAKER_OPEN, settings);
    atomic_store(&breaker->left_ns, now_ns);
    atomic_store(&breaker->since_ms, clock_wall_ms());
    log_open(breaker, settings, now_ns);
}

static void end_trial(struct breaker *breaker, const struct service_breaker *settings,
                      enum breaker_outcome outcome, int64_t now_ns)
{
    uint64_t word = atomic_load(&breaker->word);

    must(phase_of(word) == TRYING);
    if (outcome == BREAKER_NOTHING) {
        atomic_store(&breaker->word, word_of(TRY_AGAIN, opened_ns(word)));
        return;
    }
    atomic_store(&breaker->since_ms, clock_wall_ms());
    enter(breaker, outcome == BREAKER_FAILED ? BREAKER_OPEN : BREAKER_CLOSED, settings);
    if (outcome == BREAKER_FAILED)
        log_open(breaker, settings, now_ns);
    else
        log_closed(breaker, settings, now_ns);
    atomic_store(&breaker->word, outcome == BREAKER_FAILED ? word_of(OPEN, now_ns) : CLOSED);
}

static bool claim_trial(struct breaker *breaker, const struct service_breaker *settings,
                        uint64_t *word, int64_t now_ns)
{
    enum phase before = phase_of(*word);

    if (!atomic_compare_exchange_strong(&breaker->word, word, word_of(TRYING, opened_ns(*word))))
        return false;
    if (before == OPEN) {
        enter(breaker, BREAKER_HALF_OPEN, settings);
        log_half_open(breaker, now_ns);
    }
    return true;
}

/* Calls. */

enum breaker_pass breaker_ask(struct breaker *breaker, const struct service_breaker *settings,
                              int64_t now_ns)
{
    uint64_t word;

    must(settings->volume > 0);
    rolling_add(&breaker->window, bucket_ns(settings), now_ns, (struct rolling_counts){.first = 1});
    word = atomic_load(&breaker->word);
    while (is_trial_due(word, settings, now_ns))
        if (claim_trial(breaker, settings, &word, now_ns))
            return BREAKER_TRIAL;
    return phase_of(word) == CLOSED ? BREAKER_PASSED : BREAKER_REFUSED;
}

void breaker_tell(struct breaker *breaker, const struct service_breaker *settings,
                  enum breaker_pass pass, enum breaker_outcome outcome, int64_t began_ns,
                  int64_t now_ns)
{
    must(pass != BREAKER_REFUSED);
    if (outcome == BREAKER_NOTHING)
        rolling_take(&breaker->window, bucket_ns(settings), began_ns,
                     (struct rolling_counts){.first = 1});
    if (outcome == BREAKER_FAILED)
        rolling_add(&breaker->window, bucket_ns(settings), now_ns,
                    (struct rolling_counts){.second = 1});
    if (pass == BREAKER_TRIAL)
        end_trial(breaker, settings, outcome, now_ns);
    else if (outcome == BREAKER_FAILED && is_too_much(sum(breaker, settings, now_ns), settings))
        leave_closed(breaker, settings, now_ns);
}

/* Reading. */

int64_t breaker_wait_ns(const struct breaker *breaker, const struct service_breaker *settings,
                        int64_t now_ns)
{
    return rest_ns(atomic_load(&breaker->word), settings, now_ns);
}

struct breaker_report breaker_read(const struct breaker *breaker,
                                   const struct service_breaker *settings, int64_t now_ns)
{
    uint64_t word = atomic_load(&breaker->word);
    struct rolling_counts counts = sum(breaker, settings, now_ns);
    struct breaker_report report = {
        .since_ms = atomic_load(&breaker->since_ms),
        .calls = counts.first,
        .failures = counts.second,
    };

    if (phase_of(word) == CLOSED)
        return report;
    report.state = rest_ns(word, settings, now_ns) > 0 ? BREAKER_OPEN : BREAKER_HALF_OPEN;
    if (report.state == BREAKER_HALF_OPEN)
        report.since_ms += settings->reset_ms;
    return report;
}

struct breaker_count breaker_count(const struct breaker *breaker, int64_t now_ns)
{
    const struct service_breaker settings = {.reset_ms = (uint32_t)atomic_load(&breaker->reset_ms)};
    uint64_t word = atomic_load(&breaker->word);
    struct breaker_count count = {.name = breaker->name};

    if (phase_of(word) != CLOSED)
        count.state = rest_ns(word, &settings, now_ns) > 0 ? BREAKER_OPEN : BREAKER_HALF_OPEN;
    for (int i = 0; i < BREAKER_STATES; i++)
        count.entered[i] = atomic_load(&breaker->entered[i]);
    return count;
}
