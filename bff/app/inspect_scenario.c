/* See inspect_scenario.h. */
#include "bff/app/inspect_scenario.h"
#include "bff/compose/mocks.h"
#include "bff/json/json_print.h"

#define DEPTH 64

static bool has_scenarios(const struct inspect_scope *scope)
{
    return scope->mocks->scenario_header != NULL;
}

static enum step_result refuse_none(struct inspect_request *inspect)
{
    return inspect_request_refuse(inspect, 404, "These mock services have no scenarios");
}

/* The words may have quotes, from a file for example. */
static enum step_result refuse_words(struct inspect_request *inspect, struct text words)
{
    struct pool *pool = inspect->context.request->pool;
    struct json_print out;

    json_print_init(&out, pool);
    json_print_string(&out, words);
    struct text quoted = json_print_text(&out);
    struct text bare = pool_text(pool, (struct text){quoted.at + 1, quoted.len - 2});
    return inspect_request_refuse(inspect, 400, bare.at);
}

enum step_result inspect_scenario_get(struct inspect_request *inspect)
{
    const struct inspect_scope *scope = &inspect->context.dispatch->inspect;

    if (!has_scenarios(scope))
        return refuse_none(inspect);
    inspect->answer = scope->mocks->scenario_get(scope->mock, inspect->context.request->pool);
    return STEP_PASS;
}

enum step_result inspect_scenario_put(struct inspect_request *inspect)
{
    const struct inspect_scope *scope = &inspect->context.dispatch->inspect;
    const struct request *request = inspect->context.request;
    struct text wanted = request_body(request), words;

    if (!has_scenarios(scope))
        return refuse_none(inspect);
    if (!json_scan_accepts(wanted.at, wanted.len, DEPTH))
        return inspect_request_refuse(inspect, 400, "The body is not JSON");
    words = scope->mocks->scenario_put(scope->mock, wanted, request->pool);
    return words.at != NULL ? refuse_words(inspect, words) : inspect_scenario_get(inspect);
}
