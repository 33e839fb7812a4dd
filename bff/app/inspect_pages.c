/* The table of the pages below /__bff/: see inspect_request.h. */
#include "bff/app/inspect_advice.h"
#include "bff/app/inspect_build.h"
#include "bff/app/inspect_composites.h"
#include "bff/app/inspect_request.h"
#include "bff/app/inspect_requests.h"
#include "bff/app/inspect_scenario.h"
#include "bff/app/inspect_services.h"
#include "bff/app/inspect_token.h"
#include "bff/config/config.h"

#define TOKEN_BODY ((size_t)1024)

const struct inspect_page inspect_pages[] = {
    {"GET", "requests", false, 0, inspect_requests_get},
    {"GET", "requests/#", false, 0, inspect_requests_get_one},
    {"GET", "requests/#/fixture", false, 0, inspect_requests_get_fixture},
    {"GET", "composites", false, 0, inspect_composites_get},
    {"GET", "services", false, 0, inspect_services_get},
    {"GET", "advice", false, 0, inspect_advice_get},
    {"GET", "build", false, 0, inspect_build_get},
    {"GET", "scenario", true, 0, inspect_scenario_get},
    {"PUT", "scenario", true, CONFIG_INSPECT_BODY, inspect_scenario_put},
    {"POST", "token", true, TOKEN_BODY, inspect_token_post},
    {0},
};
