/*
 * Counts the wrong tokens that come to the pages of operators, by address and minute. The table has
 * a fixed size and no locks, and all workers share it. Two addresses may have the same place in it;
 * then they are counted together.
 */
#ifndef BFF_EDGE_ADMIN_FAILURES_H
#define BFF_EDGE_ADMIN_FAILURES_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"

#define ADMIN_FAILURES_MOST 20 /* wrong tokens of an address in a minute */
#define ADMIN_FAILURES_S 60

struct admin_failures;

/* Returns the process's table, with one more reference. registry_release drops it. */
struct admin_failures *admin_failures_hold(struct registry *registry);

/* True when ADMIN_FAILURES_MOST wrong tokens have come from ${address} in the minute of
 * ${now_ns}. */
bool admin_failures_are_many(struct admin_failures *failures, struct text address, int64_t now_ns);

/* Counts a wrong token from ${address}. */
void admin_failures_add(struct admin_failures *failures, struct text address, int64_t now_ns);

#endif
