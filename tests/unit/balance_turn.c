/* Tests of round robin: its sequence is nginx's, for all workers together. */
#include <pthread.h>

#include "tests/unit/balance_stage.h"

/* nginx's algorithm, written as its documentation describes it: each of the endpoints in ${set}
 * gains its weight, the first with the largest value is taken, and loses the sum of the weights. */
struct reference {
    int values[STAGE_MOST];
};

static char reference_pick(struct reference *reference, const char *weights, unsigned set)
{
    int sum = 0, best = -1;

    for (int i = 0; weights[i] != '\0'; i++) {
        if ((set >> i & 1) == 0)
            continue;
        reference->values[i] += weights[i] - '0';
        sum += weights[i] - '0';
        if (best == -1 || reference->values[i] > reference->values[best])
            best = i;
    }
    reference->values[best] -= sum;
    return (char)('a' + best);
}

static void test_known_sequences(void **state)
{
    static const struct {
        const char *weights, *letters;
    } rows[] = {
        {"511", "aabacaaaabacaa"},
        {"32", "ababaababa"},
        {"111", "abcabc"},
        {"221", "abcababcab"},
        {"24", "babbab"},
        {"48", "babbab"}, /* as 1 and 2 */
        {"00", "abab"},   /* 0 counts as 1 */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage_begin(SERVICE_ROUND_ROBIN, rows[i].weights);
        assert_string_equal(stage_picks(strlen(rows[i].letters)), rows[i].letters);
    }
}

/* Two periods of every set of ${weights}, with the others ejected. */
static void compare_all_sets(const char *weights)
{
    unsigned all = (1u << strlen(weights)) - 1;

    for (unsigned set = 1; set <= all; set++) {
        struct reference reference = {0};
        stage_begin(SERVICE_ROUND_ROBIN, weights);
        for (char letter = 'a'; weights[letter - 'a'] != '\0'; letter++)
            if ((set >> (letter - 'a') & 1) == 0)
                stage_eject(letter);
        for (size_t i = 0; i < 2 * 4 * 5; i++)
            assert_int_equal(stage_pick(), reference_pick(&reference, weights, set));
    }
}

static void test_all_weights_of_up_to_four_endpoints(void **state)
{
    char weights[5] = "";

    for (unsigned number = 0; number < 6 * 6 * 6 * 6; number++) {
        unsigned rest = number, count = 0;
        for (; rest > 0; rest /= 6)
            if (rest % 6 > 0)
                weights[count++] = (char)('0' + rest % 6);
        weights[count] = '\0';
        if (count > 0)
            compare_all_sets(weights);
    }
}

static void test_the_sequence_follows_the_endpoints_that_are_well(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "511");
    assert_string_equal(stage_picks(7), "aabacaa");
    stage_eject('a');
    stage.state.turn = 0;
    assert_string_equal(stage_picks(4), "bcbc");
    stage_return('a');
    stage.state.turn = 0;
    assert_string_equal(stage_picks(7), "aabacaa");
}

static void test_another_configuration_has_other_weights_at_the_same_places(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "11");
    assert_string_equal(stage_picks(4), "abab");
    stage.at[1].weight = 3;
    balance_set(&stage.balance, stage.members, 2);
    assert_string_equal(stage_picks(4), "babb");
}

static void test_places_may_have_gaps(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "111");
    stage.members[1] = stage.members[2];
    balance_set(&stage.balance, stage.members, 2);
    assert_string_equal(stage_picks(4), "acac");
    assert_int_equal(stage_pick_but(1), 'c');
    stage.members[1].place = 63;
    balance_set(&stage.balance, stage.members, 2);
    assert_int_equal(stage_choice((struct text){0}, 1).member->place, 63);
}

/* Retries take no turn, so the first attempts have their exact shares. */
static void test_retries_do_not_disturb_the_sequence(void **state)
{
    stage_begin(SERVICE_ROUND_ROBIN, "511");
    for (size_t i = 0; i < 70; i++) {
        char letter = stage_pick(), other = stage_pick_but((uint64_t)1 << (letter - 'a'));
        assert_int_equal(letter, "aabacaa"[i % 7]);
        assert_int_not_equal(other, letter);
    }
}

static void test_retries_go_to_the_others_by_weight(void **state)
{
    unsigned counts[STAGE_MOST] = {0};

    stage_begin(SERVICE_ROUND_ROBIN, "531");
    for (size_t i = 0; i < 4000; i++)
        counts[stage_pick_but(1) - 'a']++;
    assert_int_equal(counts[0], 0);
    assert_in_range(counts[1], 2850, 3150);
    assert_int_equal(stage_pick_but(1 | 2 | 4), '-');
}

/* Two workers. */

struct worker {
    struct balance balance;
    struct random random;
    unsigned counts[2];
};

static void *pick_500(void *cookie)
{
    struct worker *worker = cookie;
    struct balance_question question = {.now_ns = STAGE_NOW_NS};

    balance_init(&worker->balance, &stage.settings, &stage.state, &worker->random);
    balance_set(&worker->balance, stage.members, 2);
    for (size_t i = 0; i < 500; i++)
        worker->counts[balance_pick(&worker->balance, &question).member->place]++;
    balance_free(&worker->balance);
    return NULL;
}

static void test_two_workers_have_exact_shares_together(void **state)
{
    struct worker workers[2] = {0};
    pthread_t threads[2];

    stage_begin(SERVICE_ROUND_ROBIN, "32");
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, pick_500, &workers[i]), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(workers[0].counts[0] + workers[1].counts[0], 600);
    assert_int_equal(workers[0].counts[1] + workers[1].counts[1], 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_known_sequences),
        STAGE_TEST(test_all_weights_of_up_to_four_endpoints),
        STAGE_TEST(test_the_sequence_follows_the_endpoints_that_are_well),
        STAGE_TEST(test_another_configuration_has_other_weights_at_the_same_places),
        STAGE_TEST(test_places_may_have_gaps),
        STAGE_TEST(test_retries_do_not_disturb_the_sequence),
        STAGE_TEST(test_retries_go_to_the_others_by_weight),
        STAGE_TEST(test_two_workers_have_exact_shares_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
