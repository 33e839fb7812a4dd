/* See key_source_worker.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/token/key_source_fetch.h"

#include "bff/token/key_source_worker.h"

struct key_source_worker {
    struct key_source *source;
    struct endpoints *endpoints;
    const struct key_source_settings *settings;
    struct published_view view;
    struct key_source_fetch fetch;
    bool is_fetching;
    struct key_source_member member;
    struct bell_listener listener;
    h2o_linklist_t waits;
    struct timer wake;    /* the bell has rung */
    struct timer refresh; /* only of the worker that refreshes */
    bool is_refreshing;   /* key_source_worker_start was called */
};

static struct timers *timers_of(const struct key_source_worker *worker)
{
    return worker->endpoints->on.timers;
}

/* Fetching. */

static void on_fetched(struct key_source_fetch *fetch, const struct key_source_answer *answer)
{
    struct key_source_worker *worker =
        H2O_STRUCT_FROM_MEMBER(struct key_source_worker, fetch, fetch);

    worker->is_fetching = false;
    key_source_take(worker->source, clock_now_ns(), answer);
}

static void begin(struct key_source_worker *worker)
{
    must(!worker->is_fetching);
    worker->is_fetching = true;
    key_source_fetch_start(&worker->fetch);
}

/* Refreshing. */

static void set_refresh(struct key_source_worker *worker)
{
    int64_t next_ns = key_source_next_ns(worker->source);

    if (!worker->is_refreshing || next_ns == INT64_MAX) /* the bell will ring */
        timer_clear(timers_of(worker), &worker->refresh);
    else
        timer_set(timers_of(worker), &worker->refresh, next_ns);
}

static void on_refresh(struct timer *timer)
{
    struct key_source_worker *worker =
        H2O_STRUCT_FROM_MEMBER(struct key_source_worker, refresh, timer);
    int64_t now_ns = clock_now_ns();

    key_source_expire(worker->source, now_ns);
    if (key_source_refresh(worker->source, now_ns))
        begin(worker);
    else
        set_refresh(worker);
}

void key_source_worker_start(struct key_source_worker *worker)
{
    worker->is_refreshing = true;
    set_refresh(worker);
}

void key_source_worker_stop(struct key_source_worker *worker)
{
    worker->is_refreshing = false;
    timer_clear(timers_of(worker), &worker->refresh);
}

/* Waiting. */

/* The listener of a bell may not remove other listeners, and the end of a wait may do so by freeing
 * a configuration. So the waits end a little later, in a timer. */
static void on_rung(struct bell_listener *listener)
{
    struct key_source_worker *worker =
        H2O_STRUCT_FROM_MEMBER(struct key_source_worker, listener, listener);

    timer_set(timers_of(worker), &worker->wake, clock_now_ns());
}

static void take_ripe(struct key_source_worker *worker, h2o_linklist_t *ripe)
{
    uint64_t rounds = key_source_rounds(worker->source);
    h2o_linklist_t *link = worker->waits.next;

    while (link != &worker->waits) {
        struct key_source_wait *wait = H2O_STRUCT_FROM_MEMBER(struct key_source_wait, link, link);
        link = link->next;
        if (wait->round == rounds)
            continue;
        h2o_linklist_unlink(&wait->link);
        h2o_linklist_insert(ripe, &wait->link);
    }
}

/* The last wait may be the last thing that keeps ${worker}. So it is not used afterwards. */
static void on_wake(struct timer *timer)
{
    struct key_source_worker *worker =
        H2O_STRUCT_FROM_MEMBER(struct key_source_worker, wake, timer);
    h2o_linklist_t ripe;

    h2o_linklist_init_anchor(&ripe);
    set_refresh(worker);
    take_ripe(worker, &ripe);
    while (!h2o_linklist_is_empty(&ripe)) {
        struct key_source_wait *wait =
            H2O_STRUCT_FROM_MEMBER(struct key_source_wait, link, ripe.next);
        h2o_linklist_unlink(&wait->link);
        wait->done(wait);
    }
}

static unsigned seconds_until(int64_t at_ns, int64_t now_ns)
{
    return at_ns <= now_ns ? 1 : (unsigned)((at_ns - now_ns + CLOCK_S - 1) / CLOCK_S);
}

enum key_source_chance key_source_worker_ask(struct key_source_worker *worker,
                                             struct key_source_wait *wait, unsigned *retry_s)
{
    int64_t now_ns = clock_now_ns(), again_ns = now_ns;
    uint64_t round = key_source_rounds(worker->source);
    enum key_source_chance chance = key_source_ask(worker->source, now_ns, &again_ns);

    *retry_s = seconds_until(again_ns, now_ns);
    if (chance == KEY_SOURCE_FETCH)
        begin(worker);
    else if (chance != KEY_SOURCE_UNDER_WAY)
        return chance;
    wait->round = round;
    h2o_linklist_insert(&worker->waits, &wait->link);
    return KEY_SOURCE_UNDER_WAY;
}

void key_source_worker_cancel(struct key_source_wait *wait)
{
    if (h2o_linklist_is_linked(&wait->link))
        h2o_linklist_unlink(&wait->link);
}

uint32_t key_source_worker_patience_ms(const struct key_source_worker *worker)
{
    return worker->settings->timeout_ms * (worker->settings->is_discovery ? 2 : 1);
}

/* Life. */

struct key_source_worker *key_source_worker_new(struct key_source *source,
                                                const struct key_source_settings *settings,
                                                struct endpoints *endpoints)
{
    struct key_source_worker *worker = memory_new(sizeof(*worker));

    worker->source = source;
    worker->settings = settings;
    worker->endpoints = endpoints;
    worker->member.bell = endpoints_bell(endpoints);
    worker->listener.rung = on_rung;
    worker->wake.fire = on_wake;
    worker->refresh.fire = on_refresh;
    h2o_linklist_init_anchor(&worker->waits);
    key_source_fetch_init(&worker->fetch, endpoints, settings, key_source_read(source).name,
                          on_fetched);
    bell_listen(worker->member.bell, &worker->listener);
    key_source_join(source, &worker->member);
    return worker;
}

void key_source_worker_free(struct key_source_worker *worker)
{
    if (worker == NULL)
        return;
    must(h2o_linklist_is_empty(&worker->waits));
    key_source_worker_stop(worker);
    timer_clear(timers_of(worker), &worker->wake);
    key_source_leave(&worker->member);
    bell_unlisten(&worker->listener);
    key_source_fetch_dispose(&worker->fetch);
    if (worker->is_fetching)
        key_source_give_up(worker->source);
    published_unsee(&worker->view);
    memory_free(worker);
}

const struct key_set *key_source_worker_look(struct key_source_worker *worker)
{
    return (const struct key_set *)published_look(key_source_published(worker->source),
                                                  &worker->view);
}
