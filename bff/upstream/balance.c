/* See balance.h. */
#include "bff/base/check.h"
#include "bff/upstream/balance.h"

void balance_init(struct balance *balance, const struct service_settings *settings,
                  struct service_state *state, struct random *random)
{
    *balance = (struct balance){.settings = settings, .state = state, .random = random};
}

void balance_set(struct balance *balance, const struct balance_member *members, size_t count)
{
    must(count <= SERVICE_ENDPOINTS_MAX);
    balance->members = members;
    balance->count = count;
}

static bool is_usable(const struct balance_member *member, const struct balance_question *question)
{
    return (question->except >> member->place & 1) == 0 &&
           endpoint_state_is_well(member->endpoint->state, question->now_ns);
}

struct balance_choice balance_pick(struct balance *balance, const struct balance_question *question)
{
    unsigned turn = atomic_fetch_add_explicit(&balance->state->turn, 1, memory_order_relaxed);

    for (size_t i = 0; i < balance->count; i++) {
        const struct balance_member *member = &balance->members[(turn + i) % balance->count];
        if (is_usable(member, question))
            return (struct balance_choice){
                .member = member, .is_trial = endpoint_state_claim(member->endpoint->state, question->now_ns)};
    }
    return (struct balance_choice){0};
}

bool balance_has(const struct balance *balance, const struct balance_question *question)
{
    for (size_t i = 0; i < balance->count; i++)
        if (is_usable(&balance->members[i], question))
            return true;
    return false;
}
