/* Tests of consistent hashing: shares, what moves when an endpoint comes or goes, weights. */
#include "tests/unit/balance_stage.h"

#define KEYS 100000

static struct text key_of(size_t number)
{
    static char text[32];

    return (struct text){text, (size_t)snprintf(text, sizeof(text), "10.%zu.%zu.%zu", number >> 16,
                                                number >> 8 & 255, number & 255)};
}

static void pick_all(char letters[KEYS], unsigned counts[STAGE_MOST])
{
    memset(counts, 0, STAGE_MOST * sizeof(*counts));
    for (size_t i = 0; i < KEYS; i++) {
        letters[i] = stage_pick_key(key_of(i));
        counts[letters[i] - 'a']++;
    }
}

static char before[KEYS], after[KEYS];
static unsigned counts[STAGE_MOST];

static void test_shares_are_even(void **state)
{
    unsigned largest = 0;

    stage_begin(SERVICE_HASH, "11111");
    pick_all(before, counts);
    for (size_t i = 0; i < 5; i++)
        largest = counts[i] > largest ? counts[i] : largest;
    print_message("largest share by mean: %.3f\n", largest / (KEYS / 5.0));
    assert_true(largest <= 1.3 * KEYS / 5);
}

static void test_a_sixth_endpoint_gets_a_sixth_and_nothing_else_moves(void **state)
{
    unsigned moved = 0;

    stage_begin(SERVICE_HASH, "111111");
    balance_set(&stage.balance, stage.members, 5);
    pick_all(before, counts);
    balance_set(&stage.balance, stage.members, 6);
    pick_all(after, counts);
    for (size_t i = 0; i < KEYS; i++) {
        moved += before[i] != after[i];
        assert_true(before[i] == after[i] || after[i] == 'f');
    }
    print_message("moved: %.4f of the keys\n", (double)moved / KEYS);
    assert_in_range(moved, KEYS * (1 / 6.0 - 0.03), KEYS * (1 / 6.0 + 0.03));
}

static void test_keys_of_an_endpoint_that_is_down_spread_and_come_back(void **state)
{
    unsigned heirs[STAGE_MOST] = {0};

    stage_begin(SERVICE_HASH, "11111");
    pick_all(before, counts);
    unsigned lost = counts[2];
    stage.states[2].is_down = true;
    pick_all(after, counts);
    for (size_t i = 0; i < KEYS; i++) {
        assert_true(before[i] == 'c' || before[i] == after[i]);
        heirs[after[i] - 'a'] += before[i] == 'c';
    }
    assert_int_equal(heirs[2], 0);
    for (size_t i = 0; i < 5; i++)
        assert_true(i == 2 || (heirs[i] > 0.8 * lost / 4 && heirs[i] < 1.2 * lost / 4));
    stage.states[2].is_down = false;
    pick_all(after, counts);
    assert_memory_equal(before, after, KEYS);
}

static void test_shares_follow_the_weights(void **state)
{
    stage_begin(SERVICE_HASH, "511");
    pick_all(before, counts);
    assert_in_range(counts[0], KEYS * 5 / 7 - 1000, KEYS * 5 / 7 + 1000);
    assert_in_range(counts[1], KEYS / 7 - 1000, KEYS / 7 + 1000);

    /* A weight that grows draws keys from the others, and moves none between them. */
    stage.at[1].weight = 2;
    balance_set(&stage.balance, stage.members, 3);
    pick_all(after, counts);
    for (size_t i = 0; i < KEYS; i++)
        assert_true(before[i] == after[i] || after[i] == 'b');
}

/* Equal weights are compared without the logarithm, which must not change the choice. */
static void test_equal_weights_choose_alike_beside_another_weight(void **state)
{
    stage_begin(SERVICE_HASH, "1112");
    stage.states[3].is_down = true;
    pick_all(before, counts);
    balance_set(&stage.balance, stage.members, 3);
    pick_all(after, counts);
    assert_memory_equal(before, after, KEYS);
}

/* The choice depends on the addresses only: a restart and another order do not change it. */
static void test_the_order_of_endpoints_does_not_matter(void **state)
{
    struct balance_member turned[3];

    stage_begin(SERVICE_HASH, "111");
    pick_all(before, counts);
    for (unsigned i = 0; i < 3; i++) {
        turned[i] = stage.members[2 - i];
        turned[i].place = i;
    }
    stage.random = (struct random){{5, 7}};
    balance_set(&stage.balance, turned, 3);
    pick_all(after, counts);
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(after[i] - 'a', 2 - (before[i] - 'a'));
}

/* A change of the hash would move the clients of everybody who updates the server. */
static void test_the_hash_never_changes(void **state)
{
    char letters[21] = "";

    stage_begin(SERVICE_HASH, "11111");
    for (size_t i = 0; i < 20; i++)
        letters[i] = stage_pick_key(key_of(i));
    assert_string_equal(letters, "abdcadaeeadaccccbaec");
}

static void test_a_retry_has_a_second_choice_of_its_own(void **state)
{
    unsigned seconds[STAGE_MOST] = {0};

    stage_begin(SERVICE_HASH, "11111");
    for (size_t i = 0; i < 1000; i++) {
        unsigned first = stage_choice(key_of(i), 0).member->place;
        struct balance_choice second = stage_choice(key_of(i), (uint64_t)1 << first);
        assert_int_not_equal(first, second.member->place);
        assert_ptr_equal(stage_choice(key_of(i), (uint64_t)1 << first).member, second.member);
        seconds[second.member->place]++;
    }
    for (size_t i = 0; i < 5; i++)
        assert_in_range(seconds[i], 140, 260);
}

static void test_without_a_key_it_is_round_robin(void **state)
{
    stage_begin(SERVICE_HASH, "511");
    assert_string_equal(stage_picks(7), "aabacaa");
    assert_int_equal(stage_pick_key(TEXT("")), 'a');
}

/* While an endpoint starts slowly, its keys come back one by one. */
static void test_slow_start_moves_each_key_once(void **state)
{
    unsigned last = 0;

    stage_begin(SERVICE_HASH, "11111");
    stage.settings.slow_start_ms = 1000;
    pick_all(before, counts);
    unsigned all = counts[2];
    stage.states[2].returned_ns = stage.now_ns;
    for (unsigned step = 0; step <= 4; step++, stage.now_ns += 250 * CLOCK_MS) {
        memcpy(after, before, KEYS);
        pick_all(before, counts);
        for (size_t i = 0; i < KEYS; i++)
            assert_true(step == 0 || after[i] == before[i] || before[i] == 'c');
        assert_in_range(counts[2], (step * 0.25 - 0.02) * all + (step == 0 ? 0.02 * all : 0),
                        (step * 0.25 + 0.02) * all);
        assert_true(step == 0 || counts[2] > last);
        last = counts[2];
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_shares_are_even),
        STAGE_TEST(test_a_sixth_endpoint_gets_a_sixth_and_nothing_else_moves),
        STAGE_TEST(test_keys_of_an_endpoint_that_is_down_spread_and_come_back),
        STAGE_TEST(test_shares_follow_the_weights),
        STAGE_TEST(test_equal_weights_choose_alike_beside_another_weight),
        STAGE_TEST(test_the_order_of_endpoints_does_not_matter),
        STAGE_TEST(test_the_hash_never_changes),
        STAGE_TEST(test_a_retry_has_a_second_choice_of_its_own),
        STAGE_TEST(test_without_a_key_it_is_round_robin),
        STAGE_TEST(test_slow_start_moves_each_key_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
