/* See section.h. */
#include "bff/config/section.h"

const struct section *const section_list[] = {
    &section_listen,
    &section_services,
    &section_services_balance,
    &section_services_calls,
    &section_services_health,
    &section_composites,
    &section_resolver,
    &section_login,
    &section_routes,
    &section_default_routes,
    &section_paths,
    &section_cors,
    &section_limits,
    &section_trusted_proxies,
    &section_redis,
    &section_rate_limits,
    &section_rate_limit_store,
    &section_cache,
    &section_admin,
    &section_process,
    NULL,
};
