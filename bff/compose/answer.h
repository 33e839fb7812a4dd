/* Makes the HTTP answer from a run that is over: the status, the body in pieces, and the headers
 * that describe the parts. */
#ifndef BFF_COMPOSE_ANSWER_H
#define BFF_COMPOSE_ANSWER_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/compose/answer_passed.h"
#include "bff/compose/pieces.h"
#include "bff/compose/run.h"

struct answer {
    int status;
    struct pieces body;
    const char *cache_control;
    struct text etag;            /* weak; absent unless the answer is complete */
    struct answer_passed passed; /* fields of the services' answers */
    struct text server_timing;   /* "user;dur=12.1, recentOrders;dur=182.4;desc=\"timeout\"" */
    struct text proxy_status;    /* absent when no part was rejected */
    struct text cache_status;    /* absent when no part is cached */
    struct text retry_after;     /* seconds; absent unless the status is 503 */
};

/*
 * Makes the answer in the run's pool. ${server} is this server's name in Proxy-Status ("bff-web").
 * ${request_id} becomes the last member of an error's body. ${wall_ms} is the wall clock and is
 * printed as loadedAt.
 */
void answer_make(const struct run *run, struct text server, struct text request_id, int64_t wall_ms,
                 struct answer *out);

#endif
