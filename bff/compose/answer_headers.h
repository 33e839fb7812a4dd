/* The headers that say how each part of an answer ended. They contain the names of parts, but no
 * addresses of services. */
#ifndef BFF_COMPOSE_ANSWER_HEADERS_H
#define BFF_COMPOSE_ANSWER_HEADERS_H

#include "bff/base/text.h"
#include "bff/compose/run.h"

/* Returns why part ${i} failed; for a list part with failed items, why the first of them failed.
 * ${*status} is set to the status of the service. REASON_NONE when nothing failed, or the part was
 * cancelled. */
enum reason answer_reason(const struct run *run, size_t i, int *status);

/* True when the value of part ${i} is an old one of the cache. */
bool answer_is_stale(const struct run *run, size_t i);

/* Returns the value of Server-Timing: one member for each part, but none for a part that is not
 * called because of the client's choice. The items of a list part have no members. */
struct text answer_server_timing(const struct run *run);

/* Returns the value of Proxy-Status (RFC 9209): one member for each part that failed. Absent when
 * none failed. */
struct text answer_proxy_status(const struct run *run, struct text server);

#endif
