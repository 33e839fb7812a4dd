/* Tests of the set of a service's endpoints: which addresses of a name are members, at which
 * places, and what follows for endpoints that have left. Look-ups are made by hand, without a
 * resolver. */
#include "bff/upstream/endpoint_set.h"

#include "tests/unit/resolve_answer.h"
#include "tests/unit/upstream_stage.h"

#define ROWS_MAX 3

static struct set_stage {
    struct service_endpoint at[ROWS_MAX];
    struct service_settings settings;
    struct endpoint_set set;
} play;

/* Makes the set of a service with ${rows}, which are URLs, separated by spaces. */
static void begin(const char *rows, bool resolves_each)
{
    char copy[256];

    play.settings = (struct service_settings){
        .service = &stage_users, .endpoints = play.at, .resolves_each = resolves_each};
    snprintf(copy, sizeof(copy), "%s", rows);
    for (char *rest, *url = strtok_r(copy, " ", &rest); url != NULL;
         url = strtok_r(NULL, " ", &rest)) {
        must(play.settings.endpoint_count < ROWS_MAX);
        must(service_endpoint_read(url, &play.at[play.settings.endpoint_count++]) == NULL);
    }
    endpoint_set_init(&play.set, stage.endpoints, &play.settings);
}

static void end(void)
{
    endpoint_set_forget(&play.set);
    endpoint_set_release(&play.set);
    for (size_t i = 0; i < play.settings.endpoint_count; i++)
        service_endpoint_free(&play.at[i]);
}

/* Answers a look-up of the name in ${row}. Returns true when the members have changed. */
static bool look_up(size_t row, const char *addresses)
{
    resolve_answer(&play.set.rows[row]->addresses, addresses);
    return endpoint_set_follow(&play.set);
}

/* Returns the members: "10.0.0.1:3000, 10.0.0.2:3000". Each must have a place of its own. */
static const char *members(void)
{
    static char all[4096];
    uint64_t places = 0;

    *all = '\0';
    for (size_t i = 0; i < play.set.count; i++) {
        const struct balance_member *member = &play.set.members[i];
        sprintf(all + strlen(all), "%s%.*s", i == 0 ? "" : ", ",
                TEXT_ARGS(member->endpoint->label));
        assert_int_equal(places >> member->place & 1, 0);
        places |= (uint64_t)1 << member->place;
    }
    return all;
}

/* Returns the place of the member ${label}; SERVICE_ENDPOINTS_MAX: there is none. */
static unsigned place_of(const char *label)
{
    for (size_t i = 0; i < play.set.count; i++)
        if (text_is(play.set.members[i].endpoint->label, label))
            return play.set.members[i].place;
    return SERVICE_ENDPOINTS_MAX;
}

static void test_addresses_come_and_go(void **state)
{
    static const struct {
        const char *why, *answer, *members;
        bool is_change;
    } steps[] = {
        {"the first answer", "10.0.0.2 10.0.0.1", "10.0.0.1:3000, 10.0.0.2:3000", true},
        {"another order", "10.0.0.1 10.0.0.2", "10.0.0.1:3000, 10.0.0.2:3000", false},
        {"nothing", "", "10.0.0.1:3000, 10.0.0.2:3000", false},
        {"one has left", "10.0.0.2", "10.0.0.2:3000", true},
        {"another has come", "10.0.0.3 10.0.0.2", "10.0.0.2:3000, 10.0.0.3:3000", true},
        {"one is back", "10.0.0.3 10.0.0.1", "10.0.0.1:3000, 10.0.0.3:3000", true},
        {"both families", "fd00::1 10.0.0.3", "10.0.0.3:3000, [fd00::1]:3000", true},
    };

    begin("http://users.internal:3000", true);
    assert_string_equal(members(), "users.internal:3000"); /* nothing is known yet */
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        print_message("%s\n", steps[i].why);
        assert_int_equal(look_up(0, steps[i].answer), steps[i].is_change);
        assert_string_equal(members(), steps[i].members);
    }
    end();
}

/* A call that has asked the place of one address may still ask another one. */
static void test_an_address_keeps_its_place(void **state)
{
    char all[RESOLVE_ADDRESSES_MAX * sizeof("10.0.0.99")] = "";

    begin("http://users.internal:3000", true);
    look_up(0, "10.0.0.7 10.0.0.8");
    unsigned place = place_of("10.0.0.7:3000"), other = place_of("10.0.0.8:3000");
    look_up(0, "10.0.0.9 10.0.0.7");
    assert_int_equal(place_of("10.0.0.7:3000"), place);
    assert_int_not_equal(place_of("10.0.0.9:3000"), other);
    for (unsigned i = 0; i < RESOLVE_ADDRESSES_MAX; i++)
        sprintf(all + strlen(all), "10.0.0.%u ", i);
    look_up(0, all);
    assert_int_equal(play.set.count, SERVICE_ENDPOINTS_MAX);
    assert_int_equal(place_of("10.0.0.7:3000"), place);
    end();

    /* A worker that has not seen the others gives it the same place. */
    begin("http://users.internal:3000", true);
    look_up(0, "10.0.0.7");
    assert_int_equal(place_of("10.0.0.7:3000"), place);
    end();
}

static void test_an_address_has_its_names_settings(void **state)
{
    begin("http://10.0.0.9 http://users.internal:3000", true);
    look_up(1, "10.0.0.1");
    const struct balance_member *literal = &play.set.members[0], *address = &play.set.members[1];

    assert_string_equal(members(), "10.0.0.9, 10.0.0.1:3000");
    assert_ptr_equal(literal->at, &play.at[0]);
    assert_ptr_equal(address->at, &play.at[1]);
    assert_string_equal(address->endpoint->at->host, "users.internal");
    assert_string_equal(address->endpoint->request_tail.at,
                        " HTTP/1.1\r\nhost: users.internal:3000\r\n");
    assert_ptr_not_equal(address->endpoint->state, play.set.rows[1]->state);
    end();
}

/* Without resolves_each, a name is one endpoint with all its addresses. */
static void test_a_name_is_one_endpoint(void **state)
{
    begin("http://users.internal:3000 http://10.0.0.9", false);
    assert_false(look_up(0, "10.0.0.1 10.0.0.2"));
    assert_string_equal(members(), "users.internal:3000, 10.0.0.9");
    assert_int_equal(play.set.rows[0]->addresses.count, 2);
    end();
}

static unsigned places(size_t member)
{
    return (unsigned)__builtin_popcountll(
        endpoint_set_places(&play.set, &play.set.members[member]));
}

/* It gets twice the requests, but a call asks it once. */
static void test_an_endpoint_that_is_listed_twice(void **state)
{
    begin("http://users.internal:3000 http://10.0.0.9 http://users.internal:3000", true);
    assert_string_equal(members(), "users.internal:3000, 10.0.0.9, users.internal:3000");
    assert_int_equal(places(0), 2);
    assert_int_equal(places(1), 1);
    look_up(0, "10.0.0.1");
    assert_string_equal(members(), "10.0.0.1:3000, 10.0.0.9, 10.0.0.1:3000");
    assert_int_equal(places(2), 2);
    look_up(0, "10.0.0.2");
    assert_string_equal(members(), "10.0.0.2:3000, 10.0.0.9, 10.0.0.2:3000");
    end();
}

/* Two names and one address: each of the names gets half of the 63 places that are left. */
static void test_names_with_too_many_addresses(void **state)
{
    char all[RESOLVE_ADDRESSES_MAX * sizeof("10.0.0.99")] = "";
    size_t of_first = 0;

    for (unsigned i = 0; i < RESOLVE_ADDRESSES_MAX; i++)
        sprintf(all + strlen(all), "10.0.0.%u ", i);
    begin("http://users.internal:3000 http://10.0.0.9 http://users.elsewhere:3000", true);
    look_up(0, all);
    look_up(2, all);
    for (size_t i = 0; i < play.set.count; i++)
        of_first += play.set.members[i].at == &play.at[0];
    assert_int_equal(of_first, 31);
    assert_int_equal(play.set.count, 63);
    look_up(0, "10.0.0.1");
    assert_int_equal(play.set.count, 33);
    end();
}

/* The state of an address that has left goes with it, except while an attempt is under way. */
static void test_what_has_left_is_freed(void **state)
{
    begin("http://users.internal:3000", true);
    look_up(0, "10.0.0.1 10.0.0.2");
    struct endpoint *used = play.set.members[0].endpoint;
    endpoints_use(used);
    look_up(0, "10.0.0.3");
    stage_steps(2);
    assert_true(used->is_forgotten);
    assert_string_equal(used->label.at, "10.0.0.1:3000");

    /* Named again, it is a new one with the old state. */
    used->state->failures = 3;
    look_up(0, "10.0.0.1");
    assert_ptr_not_equal(play.set.members[0].endpoint, used);
    assert_int_equal(play.set.members[0].endpoint->state->failures, 3);
    endpoints_release(used);
    assert_string_equal(used->label.at, "10.0.0.1:3000"); /* until the next step of the loop */
    stage_steps(2);
    for (unsigned i = 0; i < 1000; i++) {
        char address[32];
        snprintf(address, sizeof(address), "10.0.%u.%u", i / 250, i % 250);
        look_up(0, address);
        stage_steps(i % 10 == 0);
    }
    stage_steps(2);
    assert_true(h2o_linklist_is_empty(&stage.endpoints->unused));
    assert_string_equal(members(), "10.0.3.249:3000");
    end();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_begin, stage_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_addresses_come_and_go),
        TEST(test_an_address_keeps_its_place),
        TEST(test_an_address_has_its_names_settings),
        TEST(test_a_name_is_one_endpoint),
        TEST(test_an_endpoint_that_is_listed_twice),
        TEST(test_names_with_too_many_addresses),
        TEST(test_what_has_left_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
