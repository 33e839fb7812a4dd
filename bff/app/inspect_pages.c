/* The table of the pages below /__bff/: see inspect_request.h. */
#include "bff/app/inspect_build.h"
#include "bff/app/inspect_composites.h"
#include "bff/app/inspect_request.h"
#include "bff/app/inspect_services.h"

const struct inspect_page inspect_pages[] = {
    {"GET", "composites", false, 0, inspect_composites_get},
    {"GET", "services", false, 0, inspect_services_get},
    {"GET", "build", false, 0, inspect_build_get},
    {0},
};
