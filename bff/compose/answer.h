/* A settled run as an HTTP answer: status, body in pieces, and the headers that tell of its parts.
 */
#ifndef BFF_COMPOSE_ANSWER_H
#define BFF_COMPOSE_ANSWER_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/compose/pieces.h"
#include "bff/compose/run.h"

struct answer {
    int status;
    struct pieces body;
    const char *cache_control;
    struct text server_timing; /* "user;dur=12.1, recentOrders;dur=182.4;desc=\"timeout\"" */
    struct text proxy_status;  /* absent when nothing was rejected */
    struct text retry_after;   /* seconds; absent but for 503 */
};

/*
 * Makes the answer in the run's pool. ${server} names us in Proxy-Status ("bff-web"); ${request_id}
 * ends the body of an error; ${wall_ms} is printed as loadedAt.
 */
void answer_make(const struct run *run, struct text server, struct text request_id, int64_t wall_ms,
                 struct answer *out);

#endif
