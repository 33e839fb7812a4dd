/* A request for a composite that is being answered. For page.c and the files page_NAME.c. */
#ifndef BFF_COMPOSE_PAGE_SERVING_H
#define BFF_COMPOSE_PAGE_SERVING_H

#include "bff/base/sha256.h"
#include "bff/base/text.h"
#include "bff/compose/page.h"
#include "bff/compose/run.h"
#include "bff/http/request.h"

struct page_key;
struct page_live;

/* It is in the request's pool. */
struct page_serving {
    struct page_ask ask;
    struct request *request;
    struct run_request run_request;
    struct run *run;
    struct page_key *key; /* see page_key.c; NULL: the request has no Idempotency-Key */
    unsigned char key_hash[SHA256_BYTES]; /* for a page that changes data: of the key, or random */
    struct page_live *live; /* the answer is sent as parts settle; NULL: it is one JSON object */
    struct text caller;     /* what every service learns of the caller; absent: not made yet */
};

#endif
