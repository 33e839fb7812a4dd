/* A build's composites, planned and ready to be found by path: made once at start. */
#ifndef BFF_APP_TABLE_H
#define BFF_APP_TABLE_H

#include <stdio.h>

#include "bff/base/pool.h"
#include "bff/compose/compose.h"
#include "bff/compose/endpoint.h"
#include "bff/proxy/plain_route.h"

/*
 * Plans every composite of ${build} into ${out}, in ${pool}. Mistakes, all of them, go to
 * ${errors}, a line each; returns how many there were.
 */
unsigned table_make(struct pool *pool, const struct bff_build *build, struct endpoints *out,
                    FILE *errors);

/* What is served, for people: a line for each composite and one for each of its parts, then a line
 * for each plain route. */
void table_print(const struct endpoints *endpoints, const struct plain_routes *routes, FILE *out);

#endif
