/*
 * A request of a plain route that is being passed on, and its call. It is not part of the request's
 * memory, because a tunnel and an errand outlive their request. Only proxy.c uses it.
 */
#ifndef BFF_PROXY_PROXY_PASSING_H
#define BFF_PROXY_PROXY_PASSING_H

#include <stdbool.h>

#include "bff/cache/cache_background.h"
#include "bff/http/errand.h"
#include "bff/http/reply_stream.h"
#include "bff/http/worker_settings.h"
#include "bff/observe/route_report.h"
#include "bff/proxy/proxy.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/proxy/proxy_fill.h"
#include "bff/proxy/proxy_upload.h"
#include "bff/proxy/proxy_upload_spool.h"
#include "bff/proxy/tunnel.h"
#include "bff/upstream/call.h"

struct proxy_passing {
    struct request *request; /* NULL once it has gone: only a tunnel or an errand is left then */
    struct worker_settings *settings; /* held: a tunnel uses them after its request */
    struct proxy_ask ask;
    struct call_ask call_ask;
    struct call call;
    struct proxy_upload upload;       /* of a body that is streamed */
    struct proxy_upload_spool *spool; /* of a body that is on disk; NULL: there is none */
    struct reply_stream stream;
    struct tunnel tunnel;
    bool is_tunnel;
    bool is_left;  /* the client has left, and the request ends soon: it has its answer, or none */
    bool has_head; /* the service has begun to answer */
    int status;    /* of that answer; 0: there is none */
    int refused_status; /* of the answer that the route's rules have refused; 0: none */
    struct route_report report;

    /* A route with a cache. */
    struct proxy_fill *fill; /* stores the response; NULL: nothing is stored */
    size_t ahead_bytes;      /* counted in ask.cache, because the client is slow */
    bool must_ask_again;     /* the 304 was about another response than the one that is stored */
    bool is_from_entry;      /* ask.cached->entry is the client's answer; it is sent at the end */
    struct cache_background *background; /* counts the call; NULL: it is not in the background */

    /* A call that may change data, or whose response is stored, goes on without its client. */
    struct pool *texts; /* what such a call borrows; NULL: the call may not go on */
    struct text origin; /* for proxy_invalidate; with ${texts} */
    struct errand errand;
    struct timer limit; /* of an errand whose answer has begun */
};

/* Makes it for ${request}, without its fill and without the description of its call. */
struct proxy_passing *proxy_passing_new(struct request *request, const struct proxy_ask *ask);

/* Copies what the call borrows of the request, except for the body, so that the call may go on
 * without its request. */
void proxy_passing_own_texts(struct proxy_passing *passing);

/* Cancels the call, ends the flight of the fill and the errand, and frees everything. */
void proxy_passing_free(struct proxy_passing *passing);

/* Makes the report for the observers of the request, which ends. */
void proxy_passing_report(struct proxy_passing *passing);

/* True when the call is of use without a client. */
bool proxy_passing_goes_on(const struct proxy_passing *passing);

/* True when the client must not get the answer with this ${head}, because the route's rules cannot
 * change its body. Then ${*why} is set. */
bool proxy_passing_refuses(struct proxy_passing *passing, const struct exchange_head *head,
                           enum reason *why);

/* The service's answer has ended for ${reason}. Returns ${reason}, or REASON_BAD_JSON when the
 * client's answer is not complete after all, because the route's rules have found that it is no
 * JSON. So it is not stored. */
enum reason proxy_passing_judge(struct proxy_passing *passing, enum reason reason);

#endif
