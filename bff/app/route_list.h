/* A build's composites, planned and ready to be found by path: made once at start. */
#ifndef BFF_APP_ROUTE_LIST_H
#define BFF_APP_ROUTE_LIST_H

#include <stdio.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/page.h"
#include "bff/proxy/plain_route.h"

/*
 * Plans every composite of ${build} into ${out}, in ${pool}. Mistakes, all of them, go to
 * ${errors}, a line each; returns how many there were.
 */
unsigned route_list_make(struct pool *pool, const struct bff_build *build, struct pages *out,
                         FILE *errors);

/* What is served, for people: a line for each composite and one for each of its parts, then a line
 * for each plain route. */
void route_list_print(const struct pages *pages, const struct plain_routes *routes, FILE *out);

#endif
