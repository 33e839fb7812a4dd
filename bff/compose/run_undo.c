/* See run_undo.h. */
#include <stddef.h>

#include "bff/base/clock.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_describe.h"
#include "bff/compose/run_undo.h"

#define STATUS_NOT_FOUND 404
#define STATUS_GONE 410

/* It is in the run's pool. */
struct run_undo {
    struct run *run;
    void (*done)(struct run *run);
    unsigned part;   /* the part that is being undone */
    unsigned sends;  /* of its call */
    bool is_sent;    /* the call is under way; otherwise the next one waits */
    bool is_refused; /* nothing may be sent */
    int64_t last_ns; /* nothing is sent again after this time */
    struct text key;
    struct timer timer;
    struct fetch_ask ask;
    struct fetch fetch;
};

static void go_on(struct run_undo *undo);
static void on_fetched(struct fetch *fetch, void *cookie);

static void wait_until(struct run_undo *undo, int64_t at_ns)
{
    timer_set(undo->run->request->timers, &undo->timer, at_ns);
}

static void send_call(struct run_undo *undo)
{
    struct run *run = undo->run;

    undo->is_sent = true;
    undo->sends++;
    undo->ask.until_ns = run->now_ns + RUN_CHANGE_SEND_NS;
    fetch_release(&undo->fetch);
    fetch_start(&undo->fetch, run->request->upstream, &undo->ask, on_fetched, undo);
    wait_until(undo, undo->ask.until_ns);
}

/* The call for one part is over. */
static void end_part(struct run_undo *undo, enum reason reason)
{
    struct run *run = undo->run;

    run->parts[undo->part].undo.reason = reason;
    run->parts[undo->part].undo.status = undo->fetch.status;
    if (reason == REASON_NONE)
        run_change_undone(run, undo->part, undo->key);
    else
        run_change_unresolved(run, undo->part, "undo", undo->key);
    if (reason != REASON_NONE)
        undo->part = 0; /* what this change needs must stay */
    go_on(undo);
}

/* What is not there any more need not be taken back. */
static bool is_done(const struct fetch *fetch)
{
    return fetch->reason == REASON_NONE || fetch->status == STATUS_NOT_FOUND ||
           fetch->status == STATUS_GONE;
}

/* A send of the call has ended. */
static void end_send(struct run_undo *undo, enum reason reason)
{
    struct run *run = undo->run;

    undo->is_sent = false;
    timer_clear(run->request->timers, &undo->timer);
    if (is_done(&undo->fetch))
        end_part(undo, REASON_NONE);
    else if (undo->sends > RUN_CHANGE_AGAIN || run->now_ns >= undo->last_ns)
        end_part(undo, reason);
    else
        wait_until(undo, run->now_ns + run_change_pause_ns(undo->sends));
}

static void on_fetched(struct fetch *fetch, void *cookie)
{
    struct run_undo *undo = cookie;

    undo->run->now_ns = clock_now_ns();
    end_send(undo, fetch->reason);
}

static void on_timer(struct timer *timer)
{
    struct run_undo *undo =
        (struct run_undo *)(void *)((char *)timer - offsetof(struct run_undo, timer));

    undo->run->now_ns = clock_now_ns();
    if (!undo->is_sent) {
        if (undo->sends == 0)
            go_on(undo);
        else
            send_call(undo);
        return;
    }
    fetch_time_over(&undo->fetch);
    undo->fetch.reason = REASON_TIMEOUT;
    end_send(undo, REASON_TIMEOUT);
}

/* Describes and sends the call for part ${undo->part}. */
static void begin_part(struct run_undo *undo)
{
    struct run *run = undo->run;
    const struct run_request *request = run->request;
    struct bff_ask ask;

    run_describe_undo(run, undo->part, &ask);
    run->parts[undo->part].undo.is_asked = true;
    undo->sends = 0;
    undo->key = (struct text){0};
    if (ask.count == 0 || ask.calls[0].is_skipped || ask.calls[0].is_nothing) {
        undo->fetch.status = 0;
        end_part(undo, ask.count > 0 && ask.calls[0].is_nothing ? REASON_NONE : REASON_SKIPPED);
        return;
    }
    run_calls_describe(run, undo->part, &ask.calls[0], &undo->ask);
    undo->ask.headers = run_change_headers(request, ask.calls[0].headers,
                                           run_plan_of(run, undo->part)->name, true, &undo->key);
    if (undo->is_refused) {
        undo->fetch.status = 0;
        end_part(undo, REASON_SKIPPED);
        return;
    }
    undo->ask.takes_any = true;
    send_call(undo);
}

static bool is_due(const struct run *run, size_t i)
{
    return run->parts[i].changed == RUN_CHANGED && run_plan_of(run, i)->row->undo != NULL;
}

/* Goes to the next part above. */
static void go_on(struct run_undo *undo)
{
    struct run *run = undo->run;

    fetch_release(&undo->fetch);
    while (undo->part > 0) {
        undo->part--;
        if (is_due(run, undo->part)) {
            begin_part(undo);
            return;
        }
    }
    run->undo = NULL;
    undo->done(run);
}

static void start(struct run *run, bool may_undo)
{
    if (run->undo == NULL)
        return;
    run->undo->is_refused = !may_undo;
    wait_until(run->undo, run->now_ns);
}

bool run_undo_begin(struct run *run, void (*done)(struct run *run))
{
    size_t count = run->request->plan->part_count;
    struct run_undo *undo;
    bool has_any = false;

    for (size_t i = 0; i < count; i++) {
        if (run->parts[i].changed == RUN_CHANGE_UNKNOWN)
            return false;
        has_any |= is_due(run, i);
    }
    if (!has_any)
        return false;
    undo = run->undo = pool_zero(run->request->pool, sizeof(*undo));
    undo->run = run;
    undo->done = done;
    undo->part = (unsigned)count;
    undo->last_ns = run->now_ns + RUN_UNDO_TOTAL_NS;
    undo->timer.fire = on_timer;
    if (run->request->before_undo != NULL)
        run->request->before_undo(run->request->cookie, start, run);
    else
        start(run, true);
    return true;
}

void run_undo_cancel(struct run *run)
{
    struct run_undo *undo = run->undo;

    if (undo == NULL)
        return;
    run->undo = NULL;
    timer_clear(run->request->timers, &undo->timer);
    fetch_release(&undo->fetch);
}

/* Part ${i} has changed something, and its call to take that back has not ended. */
static bool is_open(const struct run *run, size_t i)
{
    bool is_under_way = run->undo != NULL && run->undo->part == i;

    return is_due(run, i) && (is_under_way || !run->parts[i].undo.is_asked);
}

void run_undo_cut(struct run *run)
{
    for (size_t i = run->request->plan->part_count; i-- > 0;) {
        struct run_part *part = &run->parts[i];
        if (!is_open(run, i))
            continue;
        struct text key = part->undo.is_asked ? run->undo->key : (struct text){0};
        part->undo.reason = part->undo.is_asked ? REASON_UNKNOWN : REASON_SKIPPED;
        part->undo.is_asked = true;
        run_change_unresolved(run, i, "undo", key);
    }
}

int64_t run_undo_longest_ns(const struct plan *plan)
{
    int64_t each_ns = RUN_CHANGE_SEND_NS, all_ns = 0;

    for (unsigned sends = 1; sends <= RUN_CHANGE_AGAIN; sends++)
        each_ns += run_change_pause_ns(sends) + RUN_CHANGE_SEND_NS;
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].row->undo != NULL)
            all_ns += each_ns;
    return all_ns;
}
