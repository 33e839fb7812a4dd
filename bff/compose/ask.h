/*
 * The engine's side of ask functions: runs one and collects the calls that it describes. The
 * functions with which it describes calls are in compose.h.
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

/* A call that an ask function has described. */
struct ask_call {
    const struct bff_service *service;
    struct text target;  /* path and query, encoded */
    struct text headers; /* lines with CRLF */
    bool is_skipped;     /* a text that it needs is missing or not allowed, so it is not made */
    bool is_nothing;     /* ask_nothing: it keeps a place, and is not made */
};

/* The memory of targets, which are written one after the other. All zero at first; used for a whole
 * request. */
struct ask_room {
    char *at; /* the target that is being written */
    size_t len, capacity;
};

/* What the function may read, and what it has described. */
struct bff_ask {
    const struct plan *plan;
    struct pool *pool;
    const struct text *params;                                    /* in the order of plan->params */
    struct text headers;                                          /* lines for every call */
    struct text (*client_header)(void *cookie, const char *name); /* NULL: there is no client */
    void *cookie;
    struct json (*value)(void *cookie, int part); /* of a part that part ${place} waits for */
    void *value_cookie;
    int place; /* of the part that asks */
    struct ask_room *room;

    struct ask_call *calls;
    size_t count, capacity;
    bool is_too_many; /* more calls than the row allows; the rest was not kept */
    bool has_query;   /* the target that is being written has a '?' */
    bool is_rehearsal;
    const char *mistake; /* in a rehearsal: the first mistake of the composite */
};

/* Runs the ask function of the part ${ask->place}. Afterwards the calls are complete. */
void ask_run(struct bff_ask *ask);

/*
 * Runs the ask function of part ${place} without a request, twice. Every parameter is "1". At first
 * no part has a value; then each list has one item, and this item and each other part is an empty
 * object. Returns NULL, or a sentence about a mistake in the function. So mistakes of a composite
 * are found at start.
 */
const char *ask_rehearse(const struct plan *plan, int place, struct pool *pool);

#endif
