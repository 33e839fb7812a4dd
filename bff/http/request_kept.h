/* Keeps copies of what a request and its answer say, for the recorder (bff/record). All functions
 * are for a request with is_recorded. */
#ifndef BFF_HTTP_REQUEST_KEPT_H
#define BFF_HTTP_REQUEST_KEPT_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/http/request.h"

/* The answer is ${body}, a list of pieces. It replaces what was kept before. */
void request_kept_whole(struct request *request, const struct text *body, size_t count);

/* The answer goes on with ${bytes}. */
void request_kept_add(struct request *request, struct text bytes);

/* The request has the body ${json}. */
void request_kept_body(struct request *request, struct text json);

/* Drops what was kept and was not taken over. */
void request_kept_free(struct request_kept *kept);

#endif
