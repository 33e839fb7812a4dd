/*
 * A model check of pages that change data: reserve, then order, then notify. Every call may fail in
 * every way in which a call can fail, up to FAULTS_MAX times in a scenario, and the server itself
 * may crash at each call; then the client repeats its request with the same key. All such scenarios
 * are run. At the end of each of them the services must agree with what the client was told.
 */
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
    bool is_marked; /* the store of the keys knows that changes are taken back */

    /* The request. */
    struct pool *pool;
    struct timers timers;
    struct run_request request;
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

#define CANCEL "/reservations/"

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

    if (ledger == NULL || (fate->status != 200 && fate->status != 422))
        return fate;
    if (at == ledger->count)
        add(ledger, key, fate->status == 422);
    return ledger->is_refused[at] ? fate_refused : fate_good;
}

/* Makes the change of a request: once for each key. */
static void apply(const char *target, const char *key)
{
    struct ledger *ledger = ledger_of(target);

    if (ledger == NULL) {
        size_t at = (size_t)(target[sizeof(CANCEL) - 1] - '0');
        assert_true(at < world.reservations.count);
        world.reservations.is_gone[at] = true;
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
    fail();
}

static void end_fetch(void)
{
    struct fetch *fetch = world.fetch;
    const struct fate *fate = world.fate;

    world.fetch = NULL;
    fetch->reason = fate->reason;
    fetch->status = fate->status;
    fetch->has_left = fate->is_left;
    if (fate->status == 200 && !fetch->ask->takes_any) {
        size_t len = strlen(world.id);
        fetch->value = value_add(value_new(len), world.id, len);
        json_scan_init(&fetch->scan, 8, fetch->ask->keep_slices);
        assert_int_equal(json_scan_end(&fetch->scan, fetch->value->text.at, len), 0);
        value_take_slices(fetch->value, &fetch->scan);
    }
    fetch->done(fetch, fetch->cookie);
}

/* The page. */

static const struct bff_service stock = {.name = "stock"}, orders = {.name = "orders"},
                                mail = {.name = "mail"};

static void reserve(struct bff_ask *ask) { ask_post(ask, &stock, "/reservations"); }

static void cancel(struct bff_ask *ask)
{
    ask_delete(ask, &stock, "/reservations");
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, "reserve"), "id")));
}

static void create(struct bff_ask *ask) { ask_post(ask, &orders, "/orders"); }

static void notify(struct bff_ask *ask) { ask_post(ask, &mail, "/notices"); }

static const struct bff_part parts[] = {
    {.name = "reserve", .ask = reserve, .undo = cancel, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order", .ask = create, .after = "reserve", .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "notice", .ask = notify, .after = "order", .kind = BFF_OBJECT},
};

static const struct bff_composite page = {
    .route = "POST /api/checkout/:orderId/confirm",
    .failure = "Failed to confirm the order",
    .access = BFF_PUBLIC,
    .parts = BFF_TABLE(parts),
};

static void wake_at(struct timers *timers, int64_t at_ns) { world.wake_ns = at_ns; }

static void on_done(struct run *run, void *cookie)
{
    size_t len = 0;

    assert_false(world.is_done);
    assert_null(world.fetch);
    world.is_done = true;
    answer_make(run, TEXT("bff-web"), TEXT("r-1"), 0, &world.answer);
    for (size_t i = 0; i < world.answer.body.count; i++) {
        struct text piece = world.answer.body.rows[i];
        memcpy(world.body + len, piece.at, piece.len);
        len += piece.len;
    }
    world.body[len] = '\0';
}

static void before_undo(void *cookie, void (*go_on)(struct run *run), struct run *run)
{
    world.is_marked = true;
    go_on(run);
}

/* Runs one request. Returns false when the server has crashed. */
static bool serve(const struct plan *plan)
{
    static const struct text params[] = {{"7", 1}};
    static const unsigned char hash[32] = "the client's key";
    bool has_crashed = false;

    world.pool = pool_new();
    world.is_done = false;
    timers_init(&world.timers, wake_at);
    world.request = (struct run_request){
        .plan = plan,
        .pool = world.pool,
        .timers = &world.timers,
        .params = params,
        .headers = TEXT("accept: application/json\r\n"),
        .change_hash = hash,
        .is_again = world.has_crashed,
        .before_undo = before_undo,
        .body_limit = 4096,
        .depth_limit = 8,
    };
    run_start(&world.request, on_done, NULL);
    while (!world.is_done && !has_crashed) {
        int64_t wake_ns = world.timers.count == 0 ? INT64_MAX : world.wake_ns;
        if (world.fetch != NULL && world.fate->crashes) {
            has_crashed = true;
        } else if (world.fetch != NULL && world.end_ns <= wake_ns) {
            world.now_ns = world.end_ns;
            end_fetch();
        } else {
            assert_true(wake_ns != INT64_MAX);
            world.now_ns = wake_ns;
            timers_run(&world.timers, wake_ns);
        }
        assert_true(world.now_ns < LONGEST_MS * CLOCK_MS);
    }
    return !has_crashed;
}

static void end_request(void)
{
    pool_free(world.pool);
    assert_null(world.fetch);
    assert_int_equal(world.timers.count, 0);
    timers_dispose(&world.timers);
}

/* Returns how many changes are there. */
static size_t held(const struct ledger *ledger)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger->count; i++)
        count += !ledger->is_gone[i] && !ledger->is_refused[i];
    return count;
}

static bool says(const char *words) { return strstr(world.body, words) != NULL; }

/* Returns what is wrong at the end of a scenario; NULL: nothing. */
static const char *verdict(void)
{
    bool is_good = world.answer.status == 200;
    bool says_unknown = says("\"reason\":\"unknown\"") || says("\"outcome\":\"failed\"");

    if (held(&world.orders) > 1)
        return "there are two orders for one key";
    if (held(&world.reservations) > 1)
        return "there are two reservations for one key";
    if (is_good && (held(&world.orders) == 0 || held(&world.reservations) == 0))
        return "the answer is good, and there is no order with a reservation";
    if (held(&world.reservations) > 0 && held(&world.orders) == 0 &&
        !(says_unknown && world.is_unresolved))
        return "a reservation is left without an order, and nobody says so";
    if (!is_good && held(&world.orders) > 0 && !(says_unknown && world.is_unresolved))
        return "there is an order, and the client was told that there is none";
    if (held(&world.orders) > 0 && held(&world.reservations) == 0)
        return "there is an order without a reservation";
    return NULL;
}

static void begin_scenario(void)
{
    memset(&world.reservations, 0, sizeof(world.reservations));
    memset(&world.orders, 0, sizeof(world.orders));
    memset(&world.notices, 0, sizeof(world.notices));
    world.late_target[0] = world.trace[0] = '\0';
    world.at = world.faults = 0;
    world.has_crashed = world.is_marked = world.is_unresolved = false;
    world.now_ns = 0;
}

/* The client repeats its request after a crash. When changes were being taken back then, the page
 * is not run: the stored answer says that the outcome is unknown. */
static void serve_again(const struct plan *plan)
{
    world.now_ns = 0;
    if (!world.is_marked) {
        assert_true(serve(plan));
        return;
    }
    world.pool = pool_new();
    timers_init(&world.timers, wake_at);
    world.answer.status = 504;
    world.is_unresolved = true;
    strcpy(world.body, "{\"reason\":\"unknown\"}");
}

static const char *play(const struct plan *plan)
{
    const char *wrong;

    begin_scenario();
    if (!serve(plan)) {
        world.has_crashed = true;
        end_request();
        serve_again(plan);
    }
    if (world.late_target[0] != '\0')
        apply(world.late_target, world.late_key);
    wrong = verdict();
    end_request();
    return wrong;
}

static void every_scenario_ends_well(void **state)
{
    struct pool *boot = pool_new();
    char error[1024] = "";
    const struct plan *plan = plan_make(boot, &page, error, sizeof(error));
    size_t scenarios = 0, wrong = 0;

    if (plan == NULL)
        fail_msg("%s", error);
    world.made = 0;
    do {
        const char *what = play(plan);
        scenarios++;
        if (what != NULL && wrong++ < 10)
            print_error("%s:\n    %s\n    %d %s\n", what, world.trace, world.answer.status,
                        world.body);
    } while (next_scenario());
    pool_free(boot);
    print_message("%zu scenarios, %zu of them wrong\n", scenarios, wrong);
    assert_int_equal(wrong, 0);
    assert_true(scenarios > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_scenario_ends_well)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
