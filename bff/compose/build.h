/* The tables of a build: their rows are checked before anything else reads them. */
#ifndef BFF_COMPOSE_BUILD_H
#define BFF_COMPOSE_BUILD_H

#include <stddef.h>
#include <stdio.h>

#include "bff/compose/compose.h"

/* The number of rows of each table. Empty rows at its end do not count. */
size_t build_composite_count(const struct bff_build *build);
size_t build_service_count(const struct bff_build *build);
size_t build_route_count(const struct bff_build *build);
size_t build_rate_limit_count(const struct bff_build *build);

/*
 * Checks the rows of ${build}, but not what is in its composites (plan_make.h) and in the columns
 * of its routes and rate limits (the configuration does). Writes one line for each mistake to
 * ${errors}, and returns their number. Nothing else may read a build with mistakes.
 */
unsigned build_check(const struct bff_build *build, FILE *errors);

#endif
