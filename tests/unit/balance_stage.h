/*
 * A service whose endpoints have states but no connections, for tests of the balance. A test sets
 * the settings, the weights and the states, and notes the places that the balance chooses: "a" is
 * place 0.
 */
#ifndef TESTS_UNIT_BALANCE_STAGE_H
#define TESTS_UNIT_BALANCE_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/upstream/balance.h"

#define STAGE_MOST 8
#define STAGE_NOW_NS (1000 * 1000 * CLOCK_MS)

static struct {
    struct service_settings settings;
    struct service_state state;
    struct random random;
    struct service_endpoint at[STAGE_MOST];
    struct endpoint_state states[STAGE_MOST];
    struct endpoint endpoints[STAGE_MOST];
    struct balance_member members[STAGE_MOST];
    struct balance balance;
    int64_t now_ns;
} stage;

static const struct bff_service stage_users = {.name = "users"};

/* Begins with ${count} endpoints. Their weights are the digits of ${weights}. */
static inline void stage_begin(enum service_balance algorithm, const char *weights)
{
    static const struct {
        char host[16], authority[16];
    } names[STAGE_MOST] = {{"10.0.0.1", "10.0.0.1:80"}, {"10.0.0.2", "10.0.0.2:80"},
                           {"10.0.0.3", "10.0.0.3:80"}, {"10.0.0.4", "10.0.0.4:80"},
                           {"10.0.0.5", "10.0.0.5:80"}, {"10.0.0.6", "10.0.0.6:80"},
                           {"10.0.0.7", "10.0.0.7:80"}, {"10.0.0.8", "10.0.0.8:80"}};
    size_t count = strlen(weights);

    must(count <= STAGE_MOST);
    balance_free(&stage.balance);
    memset(&stage, 0, sizeof(stage));
    stage.now_ns = STAGE_NOW_NS;
    stage.random = (struct random){{1, 2}};
    stage.settings = (struct service_settings){.service = &stage_users, .balance = algorithm};
    for (size_t i = 0; i < count; i++) {
        stage.at[i] = (struct service_endpoint){.host = (char *)(uintptr_t)names[i].host,
                                                .authority = (char *)(uintptr_t)names[i].authority,
                                                .port = 80,
                                                .weight = (unsigned)(weights[i] - '0')};
        stage.endpoints[i].at = &stage.at[i];
        stage.endpoints[i].state = &stage.states[i];
        stage.members[i] = (struct balance_member){&stage.endpoints[i], &stage.at[i], (unsigned)i};
    }
    balance_init(&stage.balance, &stage.settings, &stage.state, &stage.random);
    balance_set(&stage.balance, stage.members, count);
}

static inline struct balance_choice stage_choice(struct text key, uint64_t except)
{
    return balance_pick(&stage.balance,
                        &(struct balance_question){key, except, .now_ns = stage.now_ns});
}

/* Returns the chosen place as a letter; '-' when there is none. */
static inline char stage_pick_but(uint64_t except)
{
    struct balance_choice choice = stage_choice((struct text){0}, except);

    return choice.member == NULL ? '-' : (char)('a' + choice.member->place);
}

static inline char stage_pick(void) { return stage_pick_but(0); }

static inline char stage_pick_key(struct text key)
{
    struct balance_choice choice = stage_choice(key, 0);

    return choice.member == NULL ? '-' : (char)('a' + choice.member->place);
}

/* Returns the letters of ${count} picks. */
static inline const char *stage_picks(size_t count)
{
    static char letters[256];

    must(count < sizeof(letters));
    for (size_t i = 0; i < count; i++)
        letters[i] = stage_pick();
    letters[count] = '\0';
    return letters;
}

/* Counts ${count} picks by place. */
static inline void stage_count(size_t count, unsigned counts[STAGE_MOST])
{
    memset(counts, 0, STAGE_MOST * sizeof(*counts));
    for (size_t i = 0; i < count; i++) {
        char letter = stage_pick();
        assert_in_range(letter, 'a', 'a' + STAGE_MOST - 1);
        counts[letter - 'a']++;
    }
}

static inline void stage_eject(char letter)
{
    stage.states[letter - 'a'].ejected_until_ns = stage.now_ns + 1000 * CLOCK_MS;
}

static inline void stage_return(char letter)
{
    stage.states[letter - 'a'].ejected_until_ns = stage.now_ns;
}

static inline int stage_end(void **state)
{
    balance_free(&stage.balance);
    memset(&stage, 0, sizeof(stage));
    return 0;
}

#define STAGE_TEST(name) cmocka_unit_test_teardown(name, stage_end)

#endif
