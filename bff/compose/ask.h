/*
 * What an ask function is given, from the engine's side: it gathers the calls that the function
 * describes. The functions to describe with are in compose.h.
 */
#ifndef BFF_COMPOSE_ASK_H
#define BFF_COMPOSE_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/compose.h"
#include "bff/compose/plan.h"

#define ASK_TEXT_MAX 256 /* bytes of a segment or a query value, before encoding */

/* A call as described. */
struct ask_call {
    const struct bff_service *service;
    struct text target;  /* path and query, encoded */
    struct text headers; /* lines with CRLF */
    bool is_skipped;     /* a text that it needs is missing or unfit: it is not made */
};

/* Where targets are written, one behind the other; zero at first, good for a whole request. */
struct ask_room {
    char *at; /* the target under work */
    size_t len, capacity;
};

/* What the function may read, and what it has said. */
struct bff_ask {
    const struct plan *plan;
    struct pool *pool;
    const struct text *params;                                    /* in the order of plan->params */
    struct text headers;                                          /* lines for every call */
    struct text (*client_header)(void *cookie, const char *name); /* NULL: it sent none */
    void *cookie;
    struct json (*value)(void *cookie, int part); /* of a part that part ${place} waits for */
    void *value_cookie;
    int place; /* of the part that asks */
    struct ask_room *room;

    struct ask_call *calls;
    size_t count, capacity;
    bool is_too_many; /* more calls than the row allows; the surplus is not kept */
    bool has_query;   /* the target under work has its '?' */
    bool is_rehearsal;
    const char *mistake; /* of the composite, in a rehearsal: the first one found */
};

/* Runs the ask function of ${ask->place}; afterwards the calls are complete. */
void ask_run(struct bff_ask *ask);

/*
 * Runs the ask function of part ${place} without a request, every parameter being "1" and no part
 * having a value. Returns what is wrong with it in words, or NULL. A composite's typing errors are
 * found so at boot.
 */
const char *ask_rehearse(const struct plan *plan, int place, struct pool *pool);

#endif
