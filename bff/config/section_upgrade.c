/* upgrade: how a new binary takes the place of the one that runs (SIGUSR2). */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"upgrade.ready_timeout", &kind_duration, OF(upgrade_ready_ms), UNITS_SECOND,
     600 * UNITS_SECOND, .normal = "60s",
     .about = "how long a new binary may take to be ready, before it is ended"},
    {"upgrade.drain_timeout", &kind_duration, OF(upgrade_drain_ms), 0, 86400 * UNITS_SECOND,
     .normal = "5m",
     .about = "how long the old binary goes on for clients that it has, when the new one is ready"},
    {0},
};

const struct section section_upgrade = {.rows = rows};
