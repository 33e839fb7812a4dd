/*
 * The door: what every request must be before anything of ours looks at it. libh2o lets pass what
 * it need not let pass (HTTP/2 with any number of fields, paths with spaces, nameless fields from
 * folded lines).
 */
#ifndef BFF_HTTP_GUARD_H
#define BFF_HTTP_GUARD_H

#include <stdbool.h>

#include "bff/http/request.h"

#define GUARD_FIELDS_MAX 100
#define GUARD_HEAD_BYTES_MAX ((size_t)64 * 1024)

/* Refuses ${request} (400, 431 or 501) and returns false, or returns true. */
bool guard_admits(struct request *request);

#endif
