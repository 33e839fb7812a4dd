/*
 * A plan is a composite in the form that the engine runs: the names of parts and parameters are
 * replaced by places (indexes), and constant text is prepared. plan_make.h makes it. It does not
 * change afterwards, and all workers share it.
 */
#ifndef BFF_COMPOSE_PLAN_H
#define BFF_COMPOSE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/cache/cache_rule.h"
#include "bff/edge/access.h"
#include "bff/compose/compose.h"
#include "bff/compose/input_spec.h"
#include "bff/compose/part_headers.h"
#include "bff/compose/pick.h"

#define PLAN_NO_PART (-1)
#define PLAN_BUDGET_MS 1000          /* the budget when the composite sets none */
#define PLAN_BODY_BYTES (64u * 1024) /* .body_bytes when the composite sets none */
#define PLAN_BODY_BYTES_MAX (64u * 1024 * 1024)
#define PLAN_AT_ONCE 8                    /* .at_once when a list part sets none */
#define PLAN_CACHE_S_MAX (31 * 24 * 3600) /* the longest .cache_s and .stale_s: 31 days */

struct call_hedge_plan;
struct breaker;
struct log_pace;

struct plan_part {
    const struct bff_part *row;
    int after;            /* the place of the part that it waits for, or PLAN_NO_PART */
    uint32_t timeout_ms;  /* never 0; the budget when the row sets none */
    unsigned at_once;     /* never 0 */
    enum bff_kind kind;   /* of its value, or of each item; .fallback and .pick have been taken into
                             account */
    struct json fallback; /* never absent */
    struct pick *pick;    /* NULL: the whole value, and no computed members in it */
    struct part_headers_names headers; /* of .headers */
    struct text name;
    struct text key;    /* ",\"recentOrders\":" */
    bool is_read;       /* a field or a later part reads its value */
    bool keep_slices;   /* its value is read, or a pick is applied to it: so the scanner keeps the
                           slices (json_scan.h) */
    bool changes;       /* its call changes data: its ask function says so (ask_rehearse) */
    bool passes_cookie; /* it passes Cookie on (ask_rehearse) */
    bool is_filled;     /* computed members are put into it */
    const struct call_hedge_plan *hedge; /* which the generation sets; NULL: not hedged */
    struct breaker *breaker; /* its own, which the generation sets; NULL: each service's */
    struct cache_rule cache; /* of the columns .cache_s, .stale_s and .shared */
};

struct plan_field {
    const struct bff_field *row;
    int *of; /* the places of the parts that it reads */
    size_t of_count;
    int into;        /* the place of the part that it is put into; PLAN_NO_PART: the answer */
    struct text key; /* ",\"savings\":"; absent when it is put into a part */
};

struct plan {
    const struct bff_composite *composite;
    struct text method;      /* "GET" */
    bool changes;            /* the method is POST, PUT, PATCH or DELETE */
    struct input_spec input; /* what the body of a request must be */
    size_t body_limit;       /* bytes of that body */
    struct text path;        /* "/api/products/:id" */
    struct text *segments;   /* of the path: "api", "products", ":id" */
    size_t segment_count;
    struct text *params; /* "id": names in the order of the path */
    size_t param_count;
    struct part_headers_names headers; /* of all parts together */
    size_t query_count;                /* rows of .query */
    uint32_t budget_ms;
    struct plan_part *parts;
    size_t part_count;
    bool is_cached; /* a part is */
    struct plan_field *fields;
    size_t field_count;
    int owner_param;           /* the place of the parameter that is the owner; or PLAN_NO_PART */
    int owner_part;            /* the place of the part that has the owner; or PLAN_NO_PART */
    const char *owner_path;    /* the owner's path in that part: "userId" */
    struct access_rule scopes; /* with BFF_SCOPE */
    struct text failure; /* "{\"error\":\"Failed to ...\",\"part\":", which a part's name follows */
    struct log_pace *over_bytes; /* of the event over_budget, for all workers */
    size_t
        bytes; /* about how many bytes of an answer do not come from services: keys, fallbacks... */
};

/* True when one request could match both plans: the methods are the same, and each pair of segments
 * is equal or has a parameter. A build with two such plans is refused at start. */
bool plan_collides(const struct plan *a, const struct plan *b);

/* Returns the place of the parameter ${name}, or -1. */
int plan_param(const struct plan *plan, struct text name);

/* Returns the place of the query parameter ${name} in the rows of .query, or -1. */
int plan_query(const struct plan *plan, struct text name);

/* True when ${value} is one of the words in .words of ${row}. */
bool plan_query_has_word(const struct bff_query *row, struct text value);

/* Returns the place of the part ${name}, or -1. */
int plan_part(const struct plan *plan, struct text name);

#endif
