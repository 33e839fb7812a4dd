/* See service_state.h. */
#include "bff/upstream/service_state.h"

static const struct registry_kind states = {.bytes = sizeof(struct service_state)};

struct service_state *service_state_hold(struct registry *registry, const char *service)
{
    return registry_hold(registry, &states, text_of(service));
}

void service_state_earn(struct rolling *spent, int64_t now_ns)
{
    rolling_add(spent, SERVICE_STATE_BUCKET_NS, now_ns, (struct rolling_counts){.first = 1});
}

/* Returns true when the budget is not exceeded after ${more} further ones. */
static bool affords(const struct rolling *spent, const struct service_state_budget *budget,
                    int64_t now_ns, unsigned more)
{
    struct rolling_counts counts = rolling_sum(spent, SERVICE_STATE_BUCKET_NS, now_ns);
    uint64_t all = (uint64_t)counts.first * budget->percent / 100;

    if (all < budget->reserve)
        all = budget->reserve;
    return (uint64_t)counts.second + more <= all;
}

/* Another worker may take the last one between the first look and the addition. So there is a
 * second look. When it fails, what was added stays counted. */
bool service_state_spend(struct rolling *spent, const struct service_state_budget *budget,
                         int64_t now_ns)
{
    if (!affords(spent, budget, now_ns, 1))
        return false;
    rolling_add(spent, SERVICE_STATE_BUCKET_NS, now_ns, (struct rolling_counts){.second = 1});
    return affords(spent, budget, now_ns, 0);
}
