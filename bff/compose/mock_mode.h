/*
 * Mock mode: what the server passes on to mock services, and the scenario that a request has
 * chosen. Without mock mode all of it is empty.
 */
#ifndef BFF_COMPOSE_MOCK_MODE_H
#define BFF_COMPOSE_MOCK_MODE_H

#include <stdbool.h>

#include "bff/base/text_builder.h"
#include "bff/compose/mocks.h"

struct request;

struct mock_mode {
    const struct bff_mocks *mocks; /* NULL: no mock mode */
    struct mock *mock;             /* NULL: they have not started, so there are no scenarios */
};

/* Returns the name of the scenario of ${request}: of its header, or of its cookie, or the current
 * one. Absent: there is none. The name may be unknown. */
struct text mock_mode_scenario(const struct mock_mode *mode, struct request *request);

/* Returns what the scenario of ${request} says of parts, in the words of X-Mock; absent: nothing.
 */
struct text mock_mode_part_faults(const struct mock_mode *mode, struct request *request);

/* Returns the name of the request header that asks for faults; NULL without mock mode. */
const char *mock_mode_fault_header(const struct mock_mode *mode);

/* Adds the header lines of a composite's calls: the fields for mock services without that for
 * faults, and the scenario. */
void mock_mode_put(const struct mock_mode *mode, struct request *request, struct text_builder *out);

/* Returns the header line that the call of a plain route has besides the client's own fields: the
 * scenario, when no header of ${request} names it. Absent: none. */
struct text mock_mode_line(const struct mock_mode *mode, struct request *request);

/* True when the answer to ${request} is for this request only, because it has fields for mock
 * services, or a scenario. */
bool mock_mode_is_special(const struct mock_mode *mode, struct request *request);

#endif
