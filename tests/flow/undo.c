/*
 * A model check of pages that change data: reserve, then order, then notify. Every call may fail in
 * every way in which a call can fail, up to FAULTS_MAX times in a scenario, and the server itself
 * may crash at each call; then the client repeats its request with the same key. All such scenarios
 * are run. At the end of each of them the services must agree with what the client was told.
 */
#include "tests/flow/undo_shop.h"

/* The page. */

static const struct bff_service stock = {.name = "stock"}, orders = {.name = "orders"},
                                mail = {.name = "mail"};

static void reserve(struct bff_ask *ask) { ask_post(ask, &stock, "/reservations"); }

static void take_id(struct bff_ask *ask, const char *part)
{
    ask_segment(ask, ask_text(ask, json_get(ask_part(ask, part), "id")));
}

static void cancel(struct bff_ask *ask)
{
    ask_delete(ask, &stock, "/reservations");
    take_id(ask, "reserve");
}

static void create(struct bff_ask *ask) { ask_post(ask, &orders, "/orders"); }

static void take_back_order(struct bff_ask *ask)
{
    ask_delete(ask, &orders, "/orders");
    take_id(ask, "order");
}

static void notify(struct bff_ask *ask) { ask_post(ask, &mail, "/notices"); }

static const struct bff_part parts[] = {
    {.name = "reserve", .ask = reserve, .undo = cancel, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order", .ask = create, .after = "reserve", .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "notice", .ask = notify, .after = "order", .kind = BFF_OBJECT},
};

/* Without a notice, there is no order. */
static const struct bff_part strict_parts[] = {
    {.name = "reserve", .ask = reserve, .undo = cancel, .need = BFF_REQUIRED, .kind = BFF_OBJECT},
    {.name = "order",
     .ask = create,
     .undo = take_back_order,
     .after = "reserve",
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT},
    {.name = "notice", .ask = notify, .after = "order", .need = BFF_REQUIRED, .kind = BFF_OBJECT},
};

#define PAGE(its_parts)                                                                            \
    {                                                                                              \
        .route = "POST /api/checkout/:orderId/confirm", .failure = "Failed to confirm the order",  \
        .access = BFF_PUBLIC, .parts = BFF_TABLE(its_parts),                                       \
    }

static const struct bff_composite page = PAGE(parts), strict = PAGE(strict_parts);

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

/* A fault may keep the store from noting it: then it does not let the changes be taken back. */
static void before_undo(void *cookie, void (*go_on)(struct run *run, bool may_undo),
                        struct run *run)
{
    bool is_away = world.faults < FAULTS_MAX && choose(2) == 1;

    world.faults += is_away;
    world.is_marked |= !is_away;
    world.is_left |= is_away;
    go_on(run, !is_away);
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
        .is_again = world.is_again,
        .before_undo = before_undo,
        .body_limit = 4096,
        .depth_limit = 8,
    };
    world.run = run_start(&world.request, on_done, NULL);
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
    world.has_crashed = world.is_again = world.is_marked = world.is_unresolved = false;
    world.is_left = false;
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

/* True when the answer is not stored: page_key.c decides it. */
static bool is_open(const struct plan *plan)
{
    bool is_unknown = world.is_left;

    for (size_t i = 0; i < plan->part_count; i++)
        is_unknown |= world.run->parts[i].changed == RUN_CHANGE_UNKNOWN;
    return is_unknown && world.answer.status != 200;
}

static const char *play(const struct plan *plan)
{
    const char *wrong;
    bool has_ended;

    begin_scenario();
    has_ended = serve(plan);
    if (!has_ended || (is_open(plan) && choose(2) == 1)) {
        world.has_crashed = world.is_again = true;
        world.is_unresolved = false;
        end_request();
        serve_again(plan);
    }
    if (world.late_target[0] != '\0')
        apply(world.late_target, world.late_key);
    wrong = verdict();
    end_request();
    return wrong;
}

static void check(const struct bff_composite *composite)
{
    struct pool *boot = pool_new();
    char error[1024] = "";
    const struct plan *plan = plan_make(boot, composite, error, sizeof(error));
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
    assert_true(scenarios > 100000);
}

static void every_scenario_ends_well(void **state) { check(&page); }

static void so_does_every_one_with_two_undos(void **state) { check(&strict); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_ends_well),
        cmocka_unit_test(so_does_every_one_with_two_undos),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
