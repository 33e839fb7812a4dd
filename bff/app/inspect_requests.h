/* The recorded requests below /__bff/: see docs/inspect.md. Rows of inspect_pages.c. */
#ifndef BFF_APP_INSPECT_REQUESTS_H
#define BFF_APP_INSPECT_REQUESTS_H

#include "bff/app/inspect_request.h"

enum step_result inspect_requests_get(struct inspect_request *inspect);
enum step_result inspect_requests_get_one(struct inspect_request *inspect);
enum step_result inspect_requests_get_fixture(struct inspect_request *inspect);

#endif
