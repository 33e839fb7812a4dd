/* See key_source.h. */
#include <pthread.h>
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/pool.h"
#include "bff/base/random.h"
#include "bff/base/tally.h"

#include "bff/token/key_source.h"

#define LEFT_OUT_MOST 32 /* of a set; a longer list is of no use in the log */

struct key_source {
    struct published published;
    _Atomic uint64_t rounds;
    pthread_mutex_t lock; /* of the rest */
    bool is_made;
    char *name;
    unsigned algorithms;
    struct key_source_state state;
    struct key_source_report report;
    struct key_source_member *members;
    struct random random;
};

static void init(void *object, struct text name)
{
    struct key_source *source = object;

    must(pthread_mutex_init(&source->lock, NULL) == 0);
    published_init(&source->published);
    random_seed(&source->random);
}

static void dispose(void *object)
{
    struct key_source *source = object;

    must(source->members == NULL);
    published_dispose(&source->published);
    memory_free(source->name);
    must(pthread_mutex_destroy(&source->lock) == 0);
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct key_source), .init = init, .dispose = dispose};

static void lock(struct key_source *source) { must(pthread_mutex_lock(&source->lock) == 0); }

static void unlock(struct key_source *source) { must(pthread_mutex_unlock(&source->lock) == 0); }

/* Everything that makes two sources different. */
static struct text identity_of(const struct key_source_settings *settings, unsigned algorithms,
                               struct pool *pool)
{
    return pool_print(pool, "%x %d %u %u %u %u %s %.*s", algorithms, settings->is_discovery,
                      settings->refresh_ms, settings->min_interval_ms, settings->timeout_ms,
                      settings->stale_ms, settings->ca_file == NULL ? "-" : settings->ca_file,
                      TEXT_ARGS(settings->url));
}

static void make(struct key_source *source, struct text name,
                 const struct key_source_settings *settings, unsigned algorithms)
{
    source->is_made = true;
    source->algorithms = algorithms;
    source->name = memory_new(name.len + 1);
    memcpy(source->name, name.at, name.len);
    source->report.name = (struct text){source->name, name.len};
    source->state.refresh_ns = settings->refresh_ms * CLOCK_MS;
    source->state.min_interval_ns = settings->min_interval_ms * CLOCK_MS;
    source->state.stale_ns = settings->stale_ms * CLOCK_MS;
}

struct key_source *key_source_hold(struct registry *registry, struct text name,
                                   const struct key_source_settings *settings, unsigned algorithms)
{
    struct pool *pool = pool_new();
    struct key_source *source =
        registry_hold(registry, &kind, identity_of(settings, algorithms, pool));

    pool_free(pool);
    lock(source);
    if (!source->is_made)
        make(source, name, settings, algorithms);
    unlock(source);
    return source;
}

void key_source_release(struct key_source *source) { registry_release(source); }

struct published *key_source_published(struct key_source *source) { return &source->published; }

uint64_t key_source_rounds(struct key_source *source) { return atomic_load(&source->rounds); }

void key_source_join(struct key_source *source, struct key_source_member *member)
{
    lock(source);
    member->source = source;
    member->next = source->members;
    member->link = &source->members;
    if (member->next != NULL)
        member->next->link = &member->next;
    source->members = member;
    unlock(source);
}

void key_source_leave(struct key_source_member *member)
{
    struct key_source *source = member->source;

    lock(source);
    *member->link = member->next;
    if (member->next != NULL)
        member->next->link = member->link;
    unlock(source);
}

/* When to fetch. */

enum key_source_chance key_source_ask(struct key_source *source, int64_t now_ns, int64_t *again_ns)
{
    lock(source);
    enum key_source_chance chance = key_source_state_ask(&source->state, now_ns, again_ns);
    unlock(source);
    return chance;
}

bool key_source_refresh(struct key_source *source, int64_t now_ns)
{
    lock(source);
    bool is_due = key_source_state_refresh(&source->state, now_ns);
    unlock(source);
    return is_due;
}

int64_t key_source_next_ns(struct key_source *source)
{
    lock(source);
    int64_t next_ns = key_source_state_next_ns(&source->state);
    unlock(source);
    return next_ns;
}

/* Telling. */

/* Each of these functions is called without the lock, with the report as it was under the lock. */

static void tell_failure(const struct key_source_report *report,
                         const struct key_source_answer *answer)
{
    log_event("keys_stale", (struct log_field[]){
                                {"issuer", .text = report->name},
                                {"reason", .text = text_of(reason_name(answer->reason))},
                                {"status", .number = answer->status},
                                {"why", .text = text_of(answer->words ? answer->words : "")},
                                {"keys", .number = (int64_t)report->keys},
                                {0},
                            });
}

static void tell(const char *event, const struct key_source_report *report)
{
    log_event(event, (struct log_field[]){
                         {"issuer", .text = report->name},
                         {"keys", .number = (int64_t)report->keys},
                         {0},
                     });
}

/* The keys of a set that were left out. They are logged only when the set differs from the one
 * before. This is known only after the whole set has been read, so the words are kept until then.
 */
struct left_out {
    struct pool *pool;
    const char *words[LEFT_OUT_MOST];
    size_t count;
};

static void on_left_out(void *cookie, const char *words)
{
    struct left_out *all = cookie;

    if (all->count < LEFT_OUT_MOST)
        all->words[all->count++] = pool_print(all->pool, "%s", words).at;
}

static void tell_left_out(const struct key_source *source, const struct left_out *all)
{
    for (size_t i = 0; i < all->count; i++)
        log_event("key_left_out", (struct log_field[]){
                                      {"issuer", .text = source->report.name},
                                      {"why", .text = text_of(all->words[i])},
                                      {0},
                                  });
}

/* Wakes all who wait, and the one who knows when to fetch again. */
static void ring(struct key_source *source)
{
    atomic_fetch_add(&source->rounds, 1);
    for (struct key_source_member *one = source->members; one != NULL; one = one->next)
        bell_ring(one->bell);
}

void key_source_expire(struct key_source *source, int64_t now_ns)
{
    lock(source);
    bool is_over = key_source_state_expire(&source->state, now_ns);
    if (is_over) {
        source->report.keys = 0;
        published_set(&source->published, NULL);
    }
    struct key_source_report report = source->report;
    unlock(source);
    if (is_over)
        tell("keys_dropped", &report);
}

/* The end of a fetch. */

/* True when other keys than ${set} are published. To be called with the lock. */
static bool is_new_set(struct key_source *source, const struct key_set *set)
{
    struct published_view view = {0};
    const struct key_set *before =
        (const struct key_set *)published_look(&source->published, &view);
    bool is_new = before == NULL || !key_set_equal(before, set);

    published_unsee(&view);
    return is_new;
}

/* Publishes ${set}, which this function takes over. Returns whether it is another one than
 * before. */
static bool take_set(struct key_source *source, struct key_set *set, int64_t now_ns)
{
    tally_add(TALLY_KEYS_FETCHED);
    lock(source);
    bool was_failing = source->state.is_failing, is_new = is_new_set(source, set);
    source->report.keys = set->keys.count;
    source->report.is_failing = false;
    source->report.fetched_ms = clock_wall_ms();
    if (is_new)
        published_set(&source->published, &set->object);
    else
        key_set_release(set);
    key_source_state_good(&source->state, now_ns, is_new, random_below(&source->random, 100));
    struct key_source_report report = source->report;
    ring(source);
    unlock(source);
    if (is_new || was_failing)
        tell("keys_refreshed", &report);
    return is_new;
}

static void take_failure(struct key_source *source, const struct key_source_answer *answer,
                         int64_t now_ns)
{
    tally_add(TALLY_KEYS_FAILED);
    lock(source);
    source->report.is_failing = true;
    source->report.reason = answer->reason;
    source->report.status = answer->status;
    bool is_first = key_source_state_bad(&source->state, now_ns);
    struct key_source_report report = source->report;
    ring(source);
    unlock(source);
    if (is_first)
        tell_failure(&report, answer);
}

void key_source_take(struct key_source *source, int64_t now_ns,
                     const struct key_source_answer *answer)
{
    struct left_out all = {.pool = pool_new()};
    const struct jwt_listener listener = {on_left_out, &all};
    char wrong[JWT_WRONG_SIZE] = "";
    struct key_set *set = NULL;
    struct key_source_answer bad = *answer;

    if (answer->reason == REASON_NONE) {
        set = key_set_read(answer->json, source->algorithms, &listener, wrong);
        bad.reason = REASON_BAD_JSON;
        bad.words = wrong;
    }
    if (set == NULL)
        take_failure(source, &bad, now_ns);
    else if (take_set(source, set, now_ns))
        tell_left_out(source, &all);
    pool_free(all.pool);
}

void key_source_give_up(struct key_source *source)
{
    lock(source);
    key_source_state_give_up(&source->state);
    ring(source);
    unlock(source);
}

struct key_source_report key_source_read(struct key_source *source)
{
    lock(source);
    struct key_source_report report = source->report;
    unlock(source);
    return report;
}
