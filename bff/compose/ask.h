/*
 * Runs an ask function and collects the calls that it describes. An ask function describes calls
 * with the functions in compose.h.
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
    struct text method;  /* "POST"; absent: GET. A call with a method changes data */
    struct text target;  /* path and query, encoded */
    struct text headers; /* lines with CRLF; with those that frame the body */
    struct text body;    /* JSON; absent: none */
    struct text item; /* of a batch: the text that its item has in the answer; absent: no batch */
    const struct ask_batch *batch; /* with ${item} */
    bool is_skipped; /* a text in its target is missing or not allowed, so the call is not made */
    bool is_nothing; /* ask_nothing: it keeps a place in the list, and no call is made */
};

/*
 * A batch: calls that ask for several items of a list part at once (ask_batch). Each item of it has
 * an ask_call, and the items of one call have the same target. So the run makes one call for them.
 */
struct ask_batch {
    struct ask_call call; /* what all its calls have; its target is absent */
    const char *name;     /* of the query parameter that has the items */
    unsigned max;         /* items in a call */
    const char *path;     /* of the list in the answer; NULL: the answer is the list */
    const char *by;       /* the member that has an item's text */
    size_t first;         /* its first item */
    bool has_query;       /* the path has one, before the items */
};

/* The memory in which the targets are written, one after the other. All zero at first. One ask_room
 * is used for a whole request. */
struct ask_room {
    char *at; /* the target that is being written */
    size_t len, capacity;
};

/* What an ask function may read, and what it has described. */
struct bff_ask {
    const struct plan *plan;
    struct pool *pool;
    const struct text *params; /* in the order of plan->params */
    const struct text *query;  /* in the order of the rows of .query; absent texts: not sent */
    struct text headers;       /* header lines for every call */
    struct text (*client_header)(void *cookie, const char *name); /* NULL: there is no client */
    void *cookie;
    struct json (*value)(void *cookie,
                         int part); /* the value of a part that part ${place} waits for */
    void *value_cookie;
    struct json input; /* the body of the client's request; JSON_NONE: there is none */
    int place;         /* the part whose ask function runs */
    struct ask_room *room;

    struct ask_batch *batch; /* which is being described; NULL: none */
    struct ask_call *calls;
    size_t count, capacity;
    struct ask_body *body; /* that is being written; NULL: none */
    bool changes;          /* it described a call that changes data */
    bool passes_cookie;    /* it passes Cookie on */
    bool is_too_many;      /* it described more calls than the row allows; the rest was ignored */
    bool has_query;        /* the target that is being written has a '?' */
    bool is_undo;          /* the undo function runs: it may read the value of its own part, too */
    bool is_deciding;      /* its .when runs, which must not describe a call */
    bool is_rehearsal;
    const char *mistake; /* set only by ask_rehearse: the first mistake of the composite */
};

/* True when ${text} can be sent in a target. It is checked because it may come from a client or
 * from another service. */
bool ask_is_fit(struct text text);

/* Runs the ask function of the part ${ask->place}. Afterwards the calls are complete. */
void ask_run(struct bff_ask *ask);

/* The same for the undo function of the part. */
void ask_run_undo(struct bff_ask *ask);

/* Runs .when of the part ${ask->place}, which has one. Returns its result. */
bool ask_when(struct bff_ask *ask);

/* What an ask function has done. */
struct ask_rehearsed {
    bool changes;       /* it described a call that changes data */
    bool passes_cookie; /* it passed Cookie on */
};

/*
 * Runs the ask function of part ${place} at start, twice and without a request, to find mistakes in
 * it, and its .when before it. Every parameter is "1", and a query parameter has a value that its
 * row allows. In the first run, no part has a value. In the second run, a list has one item; this
 * item, and every part that is no list, is an empty object. The client's body is made from .body:
 * in the first run with the required members, in the second one with all. ${out} gets what the
 * function has done. Returns NULL, or a sentence about a mistake.
 */
const char *ask_rehearse(const struct plan *plan, int place, struct pool *pool,
                         struct ask_rehearsed *out);

/* The same for the undo function of the part. */
const char *ask_rehearse_undo(const struct plan *plan, int place, struct pool *pool,
                              struct ask_rehearsed *out);

#endif
