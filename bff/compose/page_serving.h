/* A request for a composite that is being answered. For page.c and the files page_NAME.c. */
#ifndef BFF_COMPOSE_PAGE_SERVING_H
#define BFF_COMPOSE_PAGE_SERVING_H

#include "bff/base/sha256.h"
#include "bff/base/text.h"
#include "bff/compose/page.h"
#include "bff/compose/part_faults.h"
#include "bff/compose/run.h"
#include "bff/http/errand.h"
#include "bff/http/request.h"
#include "bff/observe/answer_report.h"

struct page_key;
struct page_live;

/*
 * Of a page that changes nothing, it is in the request's pool. Otherwise it has a pool of its own,
 * and may outlive the request (page_errand.h): then it reads ${fields}, ${id} and the copies in
 * ${ask}.
 */
struct page_serving {
    struct pool *pool;
    struct page_ask ask;
    struct request *request; /* NULL: the client has left, and the page goes on */
    struct text id;          /* X-Request-Id */
    struct text traceparent;
    struct part_faults faults; /* of mock mode; all zero: none */
    struct run_request run_request;
    struct run *run;      /* NULL: not started */
    struct page_key *key; /* see page_key.c; NULL: the request has no Idempotency-Key */
    unsigned char key_hash[SHA256_BYTES]; /* for a page that changes data: of the key, or random */
    struct page_live *live;    /* the answer is sent as parts settle; NULL: it is one JSON object */
    struct answer_report made; /* for page_budget.c; took_ns 0: no answer was made for the client */
    struct text caller;        /* what every service learns of the caller; absent: not made yet */

    /* page_errand.c's own. NULL and 0 for a page that changes nothing */
    const struct request_field *fields; /* of the client */
    size_t field_count;
    struct worker_settings *settings; /* held */
    unsigned holds;                   /* references: of the request, and of the errand */
    struct errand errand;
};

#endif
