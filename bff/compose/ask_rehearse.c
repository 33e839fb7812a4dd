/* The rehearsal of ask functions at start. See ask.h. */
#include "bff/compose/ask.h"
#include "bff/compose/ask_describe.h"

static struct json no_value(void *cookie, int part) { return (struct json){0}; }

/* A list has one item, so that the body of a loop over it runs, too. */
static struct json empty_value(void *cookie, int part)
{
    const struct plan *plan = cookie;
    const struct plan_part *of = &plan->parts[part];

    if (of->row->many > 0 || of->kind == BFF_LIST)
        return json_of(TEXT("[{}]"));
    return json_of(TEXT("{}"));
}

/* One circuit breaker cannot count the calls to two services. */
static void check_services(struct bff_ask *ask)
{
    const struct bff_service *first = NULL;

    for (size_t i = 0; i < ask->count && ask->plan->parts[ask->place].row->has_breaker; i++) {
        const struct bff_service *service = ask->calls[i].service;
        if (first == NULL)
            first = service;
        else if (service != NULL && service != first)
            ask_mistake(ask, "with .has_breaker all calls are to one service, and one is to \"%s\"",
                        service->name);
    }
}

/* In a full rehearsal the parts have values and the body has all members. Otherwise no part has a
 * value, and the body has the required members only. */
static const char *rehearse(const struct plan *plan, int place, struct pool *pool, bool is_full,
                            void (*run)(struct bff_ask *ask), struct ask_rehearsed *out)
{
    struct ask_room room = {0};
    struct text *params = pool_take(pool, (plan->param_count + 1) * sizeof(*params));
    struct bff_ask ask = {
        .plan = plan,
        .pool = pool,
        .params = params,
        .headers = TEXT(""),
        .value = is_full ? empty_value : no_value,
        .value_cookie = (void *)(uintptr_t)plan, /* not written */
        .input = input_spec_sample(&plan->input, pool, is_full),
        .place = place,
        .room = &room,
        .is_rehearsal = true,
    };

    for (size_t i = 0; i < plan->param_count; i++)
        params[i] = TEXT("1");
    ask.query = ask_query_rehearsal(plan, pool);
    if (ask.plan->parts[place].row->when != NULL)
        ask_when(&ask);
    run(&ask);
    check_services(&ask);
    out->changes |= ask.changes;
    out->passes_cookie |= ask.passes_cookie;
    return ask.mistake;
}

static const char *rehearse_twice(const struct plan *plan, int place, struct pool *pool,
                                  void (*run)(struct bff_ask *ask), struct ask_rehearsed *out)
{
    const char *mistake;

    *out = (struct ask_rehearsed){0};
    mistake = rehearse(plan, place, pool, false, run, out);
    return mistake != NULL ? mistake : rehearse(plan, place, pool, true, run, out);
}

const char *ask_rehearse(const struct plan *plan, int place, struct pool *pool,
                         struct ask_rehearsed *out)
{
    return rehearse_twice(plan, place, pool, ask_run, out);
}

const char *ask_rehearse_undo(const struct plan *plan, int place, struct pool *pool,
                              struct ask_rehearsed *out)
{
    return rehearse_twice(plan, place, pool, ask_run_undo, out);
}
