/* The header fields of parts that an answer has: see .headers in compose.h. */
#ifndef BFF_COMPOSE_ANSWER_PASSED_H
#define BFF_COMPOSE_ANSWER_PASSED_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/compose/part_headers.h"
#include "bff/compose/run.h"

struct answer_passed {
    struct part_headers_field *fields; /* without ETag */
    size_t count;
    struct text etag; /* of the service, made weak; absent: none */
    bool has_cookie;  /* Set-Cookie is among the fields: nobody may store the answer */
};

/* Collects the fields of the parts that are fulfilled and were called, in the order of the rows.
 * Parts that have not settled have none yet. */
struct answer_passed answer_passed_of(const struct run *run);

#endif
