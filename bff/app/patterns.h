/*
 * The patterns of the requests that the server answers: "/api/dashboard/:userId", "/api/users/",
 * "/health". Observers count and name requests by pattern, because there are as many paths as
 * clients write. The patterns of a generation have numbers from 1 without gaps, in this order:
 * composites, plain routes, pages of this server, health pages. Several numbers may have the same
 * pattern, for example two routes with different methods.
 */
#ifndef BFF_APP_PATTERNS_H
#define BFF_APP_PATTERNS_H

#include <stddef.h>

#include "bff/app/request_context.h"

/* Returns the largest number. */
size_t patterns_count(const struct dispatch *dispatch);

/* Returns the pattern ${number}, which is at least 1. It lives as long as the generation. */
struct text patterns_at(const struct dispatch *dispatch, size_t number);

/* Sets request->pattern and its number by what the step "route" has found. When nothing was found,
 * the request has no pattern. */
void patterns_set(struct request_context *context);

/* Does the same for a request whose path is that of a health page. */
void patterns_set_health(struct request_context *context);

#endif
