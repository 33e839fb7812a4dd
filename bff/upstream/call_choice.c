/* The endpoints of a call. See call.h. */
#include "bff/upstream/call.h"

static struct balance_question question(const struct call *call, int64_t now_ns)
{
    return (struct balance_question){
        .key = call->ask->key, .except = call->asked, .now_ns = now_ns};
}

bool call_has_other(const struct call *call, int64_t now_ns)
{
    const struct balance_question other = question(call, now_ns);

    return call->ask->only == NULL && balance_has(&call->service->balance, &other);
}

bool call_choose(struct call *call, int64_t now_ns)
{
    const struct balance_question any = question(call, now_ns);
    struct balance_choice choice = {0};

    if (call->ask->only == NULL)
        choice = balance_pick(&call->service->balance, &any);
    call->next.is_counted = choice.is_counted;
    call->next.is_trial = choice.is_trial;
    call->next.is_full = choice.is_full;
    call->next.endpoint = call->ask->only;
    if (choice.member != NULL) {
        call->next.endpoint = choice.member->endpoint;
        call->asked |= endpoint_set_places(&call->service->set, choice.member);
    }
    return call->next.endpoint != NULL;
}

void call_show(struct call *call, struct call_try *try)
{
    call->try = try;
    call->endpoint = endpoint_label(try->endpoint, call->address);
}

struct text call_endpoint(const struct call *call, struct pool *pool)
{
    bool is_in_call = call->endpoint.at == call->address;

    return is_in_call ? pool_text(pool, call->endpoint) : call->endpoint;
}
