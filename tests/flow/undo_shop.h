/*
 * The services of the model check in undo.c, and the scenarios: what happens to each call. Each
 * service makes a change once for each Idempotency-Key, and sends its first answer again.
 */
#ifndef TESTS_FLOW_UNDO_SHOP_H
#define TESTS_FLOW_UNDO_SHOP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/compose/answer.h"
#include "bff/compose/plan_make.h"
#include "bff/compose/run.h"

#define FAULTS_MAX 4
#define CHOICES_MAX 64
#define KEYS_MAX 8
#define LONGEST_MS 20000

/* What happens to a call. ${is_applied}: the service gets it. The answer is 200 or ${status}; 0:
 * the answer does not come. */
static const struct fate {
    const char *name;
    bool is_applied, is_left, hangs, is_late, crashes;
    int status;
    enum reason reason;
} fates[] = {
    {.name = "ok", .is_applied = true, .is_left = true, .status = 200},
    {.name = "refused", .reason = REASON_CONNECT},
    {.name = "lost request", .is_left = true, .reason = REASON_RESET},
    {.name = "lost answer", .is_applied = true, .is_left = true, .reason = REASON_RESET},
    {.name = "500 before", .is_left = true, .status = 500, .reason = REASON_STATUS},
    {.name = "500 after",
     .is_applied = true,
     .is_left = true,
     .status = 500,
     .reason = REASON_STATUS},
    {.name = "422", .is_left = true, .status = 422, .reason = REASON_STATUS},
    {.name = "cut answer",
     .is_applied = true,
     .is_left = true,
     .status = 200,
     .reason = REASON_RESET},
    {.name = "hangs", .is_left = true, .hangs = true},
    {.name = "hangs after", .is_applied = true, .is_left = true, .hangs = true},
    {.name = "comes late", .is_left = true, .hangs = true, .is_late = true},
    {.name = "crash before", .crashes = true},
    {.name = "crash after", .is_applied = true, .crashes = true},
};
static const struct fate *const fate_good = &fates[0], *const fate_refused = &fates[6];
#define FATES (sizeof(fates) / sizeof(fates[0]))

/* The services. Each remembers its first answer to each key: a change or a refusal. */
struct ledger {
    char keys[KEYS_MAX][64];
    bool is_refused[KEYS_MAX], is_gone[KEYS_MAX];
    size_t count;
};

static struct {
    struct ledger reservations, orders, notices;
    char late_key[64], late_target[64]; /* of a request that comes late; empty: none */

    /* The scenario. */
    size_t choices[CHOICES_MAX], options[CHOICES_MAX], at, made;
    size_t faults;
    bool has_crashed;
    bool is_again;  /* the request is a repeat, and the first one has ended without the outcome */
    bool is_left;   /* the store could not note that changes are taken back */
    bool is_marked; /* the store of the keys knows that changes are taken back */

    /* The request. */
    struct pool *pool;
    struct timers timers;
    struct run_request request;
    const struct run *run;
    struct fetch *fetch; /* under way; NULL: none */
    int64_t now_ns, wake_ns, end_ns;
    const struct fate *fate;
    char id[64];
    bool is_done, is_unresolved;
    struct answer answer;
    char body[4096], trace[4096];
} world;

int64_t __wrap_clock_now_ns(void);
int64_t __wrap_clock_wall_ms(void);
void __wrap_log_event(const char *event, const struct log_field *fields);

int64_t __wrap_clock_now_ns(void) { return world.now_ns; }
int64_t __wrap_clock_wall_ms(void) { return 0; }

void __wrap_log_event(const char *event, const struct log_field *fields)
{
    world.is_unresolved |= text_is(text_of(event), "unresolved");
}

/* Choices: each scenario is a list of them, and next_scenario makes the next list. */

static size_t choose(size_t options)
{
    assert_true(world.at < CHOICES_MAX);
    if (world.at == world.made)
        world.choices[world.made++] = 0;
    world.options[world.at] = options;
    return world.choices[world.at++];
}

static bool next_scenario(void)
{
    world.made = world.at;
    while (world.made > 0 && world.choices[world.made - 1] + 1 == world.options[world.made - 1])
        world.made--;
    if (world.made == 0)
        return false;
    world.choices[world.made - 1]++;
    return true;
}

static const struct fate *choose_fate(void)
{
    size_t last = world.has_crashed ? FATES - 2 : FATES;
    const struct fate *fate = &fates[world.faults == FAULTS_MAX ? 0 : choose(last)];

    world.faults += fate != &fates[0];
    return fate;
}

/* The services. */

static size_t find(struct ledger *ledger, const char *key)
{
    size_t at = 0;

    while (at < ledger->count && strcmp(ledger->keys[at], key) != 0)
        at++;
    return at;
}

static void add(struct ledger *ledger, const char *key, bool is_refused)
{
    size_t at = find(ledger, key);

    if (at < ledger->count)
        return;
    assert_true(at < KEYS_MAX);
    strcpy(ledger->keys[at], key);
    ledger->is_refused[at] = is_refused;
    ledger->is_gone[at] = false;
    ledger->count++;
}

static struct ledger *ledger_of(const char *target)
{
    if (strcmp(target, "/reservations") == 0)
        return &world.reservations;
    if (strcmp(target, "/orders") == 0)
        return &world.orders;
    return strcmp(target, "/notices") == 0 ? &world.notices : NULL;
}

/* A service that answers sends its first answer to ${key} again. */
static const struct fate *first_answer(const char *target, const char *key, const struct fate *fate)
{
    struct ledger *ledger = ledger_of(target);
    size_t at = ledger == NULL ? 0 : find(ledger, key);

    if (ledger == NULL || (fate != fate_good && fate != fate_refused))
        return fate;
    if (at == ledger->count)
        add(ledger, key, fate->status == 422);
    return ledger->is_refused[at] ? fate_refused : fate_good;
}

/* "/orders/0" is the first order. */
static void take_back(const char *target)
{
    bool is_order = strncmp(target, "/orders/", strlen("/orders/")) == 0;
    struct ledger *ledger = is_order ? &world.orders : &world.reservations;
    size_t at = (size_t)(target[strlen(target) - 1] - '0');

    assert_true(at < ledger->count);
    ledger->is_gone[at] = true;
}

/* Makes the change of a request: once for each key. */
static void apply(const char *target, const char *key)
{
    struct ledger *ledger = ledger_of(target);

    if (ledger == NULL) {
        take_back(target);
        return;
    }
    add(ledger, key, false);
    snprintf(world.id, sizeof(world.id), "{\"id\":%zu}", find(ledger, key));
}

static void read_key(struct text headers, char *out, size_t size)
{
    static const char name[] = "idempotency-key: ";
    struct text rest = headers;

    out[0] = '\0';
    while (rest.at != NULL) {
        struct text line = text_cut(&rest, '\n');
        if (text_starts(line, TEXT(name)))
            snprintf(out, size, "%.*s", (int)(line.len - sizeof(name)), line.at + sizeof(name) - 1);
    }
    assert_true(out[0] != '\0');
}

static void note(const char *target, const char *fate)
{
    size_t len = strlen(world.trace);
    snprintf(world.trace + len, sizeof(world.trace) - len, "%lld %s %s; ",
             (long long)(world.now_ns / CLOCK_MS), target, fate);
}

void fetch_start(struct fetch *fetch, struct upstream *upstream, const struct fetch_ask *ask,
                 fetch_done done, void *cookie)
{
    char target[64], key[64];

    assert_null(world.fetch); /* changes are made one after the other */
    *fetch = (struct fetch){.ask = ask, .done = done, .cookie = cookie};
    snprintf(target, sizeof(target), "%.*s", TEXT_ARGS(ask->target));
    read_key(ask->headers, key, sizeof(key));
    world.fetch = fetch;
    world.fate = first_answer(target, key, choose_fate());
    note(target, world.fate->name);
    world.end_ns =
        world.fate->hangs || world.fate->crashes ? INT64_MAX : world.now_ns + 10 * CLOCK_MS;
    if (world.fate->is_applied)
        apply(target, key);
    if (world.fate->is_late) {
        strcpy(world.late_target, target);
        strcpy(world.late_key, key);
    }
}

void fetch_release(struct fetch *fetch)
{
    if (fetch->ask == NULL)
        return;
    if (fetch == world.fetch) {
        fetch->has_left = world.fate->is_left;
        world.fetch = NULL;
    }
    json_scan_free(&fetch->scan);
    value_release(fetch->value);
    fetch->value = NULL;
    fetch->ask = NULL;
}

void fetch_time_over(struct fetch *fetch) { fetch_release(fetch); }

void fetch_settle(struct fetch *fetch, const struct fetch_ask *ask,
                  const struct fetch_outcome *outcome)
{
    fail(); /* nothing is cached */
}

static void end_fetch(void)
{
    struct fetch *fetch = world.fetch;
    const struct fate *fate = world.fate;

    world.fetch = NULL;
    fetch->reason = fate->reason;
    fetch->status = fate->status;
    fetch->has_left = fate->is_left;
    if (fate == fate_good && !fetch->ask->takes_any) {
        size_t len = strlen(world.id);
        fetch->value = value_add(value_new(len), world.id, len);
        json_scan_init(&fetch->scan, 8, fetch->ask->keep_slices);
        assert_int_equal(json_scan_end(&fetch->scan, fetch->value->text.at, len), 0);
        value_take_slices(fetch->value, &fetch->scan);
    }
    fetch->done(fetch, fetch->cookie);
}

#endif
