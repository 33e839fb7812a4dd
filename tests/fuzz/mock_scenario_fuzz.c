/*
 * Reads any bytes as a scenario. Mistakes are lines that name the text, and there is at least one
 * when there is no scenario. A scenario that is accepted answers requests: a row with a JSON body
 * gives JSON, and the same request gets the same answer again.
 */
#include <stdio.h>

#include "bff/base/check.h"
#include "fixtures/mock_play.h"
#include "fixtures/mock_scenario_read.h"

#define DEPTH_MAX 80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mock_question questions[] = {
    {.service = MOCK_USERS, .method = {"GET", 3}, .target = {"/users/u%201?limit=2&q=%00x", 27}},
    {.service = MOCK_ORDERS,
     .method = {"POST", 4},
     .target = {"/orders", 7},
     .body = {"{\"items\":[{\"id\":\"p1\"}],\"userId\":\"u1\"}", 37},
     .key = {"k", 1}},
    {.service = MOCK_INVENTORY, .method = {"PATCH", 5}, .target = {"/inventory/p1", 13}},
};

static void check_mistakes(const struct mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        must(strncmp(mistakes->lines[i], "fuzz:", 5) == 0);
        must(strchr(mistakes->lines[i], '\n') == NULL);
    }
}

/* Asks one question. The answer has no times, because they are drawn in order. */
static struct text answer_to(struct mock_scenario *scenario, const struct mock_question *question,
                             struct pool *pool)
{
    struct mock_answer answer = {.status = 200};
    struct mock_scene scene;

    mock_play_scene(scenario, question, TEXT("id"), pool, &scene);
    if (!mock_play_has_body(&scene))
        return (struct text){0};
    mock_play_apply(&scene, question, pool, &answer);
    must(answer.status >= 100 && answer.status <= 599);
    must(scene.delay_us <= 600000000 && scene.body_delay_us <= 600000000);
    if (scene.row->body.at != NULL)
        must(json_scan_accepts(answer.begin.at, answer.begin.len, DEPTH_MAX));
    return answer.begin;
}

static void play(struct mock_scenario *scenario)
{
    struct pool *pool = pool_new();
    struct text first[sizeof(questions) / sizeof(questions[0])];

    if (scenario->time_ms == 0)
        scenario->time_ms = 1;
    for (int round = 0; round < 2; round++) {
        atomic_fetch_add(&scenario->begun, 1);
        mock_play_begin(scenario);
        for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
            struct text answer = answer_to(scenario, &questions[i], pool);
            must(round == 0 || text_equal(answer, first[i]));
            first[i] = answer;
        }
    }
    pool_free(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct mistakes mistakes = {0};
    struct mock_scenario *scenario = mock_scenario_read(TEXT("fuzz"), "fuzz", text, &mistakes);

    must((scenario == NULL) == (mistakes.count > 0));
    check_mistakes(&mistakes);
    if (scenario != NULL)
        play(scenario);
    mock_scenario_release(scenario);
    mistakes_free(&mistakes);
    return 0;
}
