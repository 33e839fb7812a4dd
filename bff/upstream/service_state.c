/* See service_state.h. */
#include "bff/upstream/service_state.h"

static const struct registry_kind states = {.bytes = sizeof(struct service_state)};

struct service_state *service_state_hold(struct registry *registry, const char *service)
{
    return registry_hold(registry, &states, text_of(service));
}
