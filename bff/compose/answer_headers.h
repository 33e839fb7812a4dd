/* The headers that tell how an answer's parts fared. Names of parts only; no addresses. */
#ifndef BFF_COMPOSE_ANSWER_HEADERS_H
#define BFF_COMPOSE_ANSWER_HEADERS_H

#include "bff/base/text.h"
#include "bff/compose/run.h"

/* Why part ${i} failed, as a whole or as the first of its items that did, with the service's
 * status; REASON_NONE when it did not, or was cancelled. */
enum reason answer_reason(const struct run *run, size_t i, int *status);

/* Server-Timing, one member for each part, never one for an item. */
struct text answer_server_timing(const struct run *run);

/* Proxy-Status (RFC 9209), one member for each part that failed; absent when none did. */
struct text answer_proxy_status(const struct run *run, struct text server);

#endif
