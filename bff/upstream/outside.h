/*
 * A URL outside of the services, which this server itself asks: the key set or the token endpoint
 * of an identity provider. An outside belongs to one worker. It has its own upstream, so a URL may
 * also become known while the server runs, from a discovery document. Such a call has no breaker
 * and no limit. It belongs to no request, and the answer is JSON if nothing else is asked for.
 */
#ifndef BFF_UPSTREAM_OUTSIDE_H
#define BFF_UPSTREAM_OUTSIDE_H

#include <stddef.h>
#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/base/text.h"
#include "bff/upstream/endpoints.h"
#include "bff/upstream/fetch.h"
#include "bff/upstream/trust.h"

struct outside;
struct outside_call;

/*
 *   name        for logs: "login shop"
 *   url         "https://login.example/keys?a=b": http or https, a host, optionally a port, a path
 *               and a query
 *   trust       for https; borrowed until outside_free. NULL: only http is possible
 *   timeout_ms  of a whole call
 *   body_limit  bytes of an answer
 *
 * The settings are copied, except ${trust}.
 */
struct outside_settings {
    struct text name;
    struct text url;
    struct trust *trust;
    uint32_t timeout_ms;
    size_t body_limit;
};

/* Returns NULL, or a text that says what is wrong with ${url}. */
const char *outside_check_url(struct text url);

/* Makes the outside and looks up its host's name. The URL must be good (outside_check_url), and
 * with https ${trust} must be given. */
struct outside *outside_new(struct endpoints *endpoints, const struct outside_settings *settings);

/* No call may be under way. NULL: does nothing. */
void outside_free(struct outside *outside);

/* Returns the URL. It lives as long as the outside. */
struct text outside_url(const struct outside *outside);

/* What to ask, besides the URL. The texts are copied.
 *
 *   type     of the body and of the answer, which may then have any bytes (fetch.value has them as
 *            its text, without slices); absent: the answer is JSON, and ${headers} say what the
 *            body is
 *   head     called with the head of the answer before ${done}, valid during the call; may be NULL
 *   method   absent: GET
 *   headers  whole lines, each with its CRLF; Accept and the length of the body are added
 *   body     absent: none
 *   path     asked for in place of the URL's path and query; absent: these
 */
struct outside_ask {
    struct text method;
    struct text headers;
    struct text body;
    struct text path;
    struct text type;
    void (*head)(void *cookie, const struct exchange_head *head);
    void *head_cookie;
};

/*
 * A call, in the memory of its user, all zero before the first start.
 *
 * ${done} is called once, never from inside outside_start. Then fetch.reason, fetch.status and
 * fetch.value are valid until outside_end: REASON_NONE with any status means that a whole answer
 * has come, and that its body is JSON (slices) or empty.
 */
struct outside_call {
    struct fetch fetch;

    /* outside.c's own */
    h2o_linklist_t link;
    struct outside *outside; /* NULL: not started, or ended */
    struct fetch_ask ask;
    struct pool *pool;
    void (*done)(struct outside_call *call, void *cookie);
    void *cookie;
};

void outside_start(struct outside *outside, struct outside_call *call,
                   const struct outside_ask *ask,
                   void (*done)(struct outside_call *call, void *cookie), void *cookie);

/* Ends the call, without ${done} if it is under way, and frees what it has. It may be called from
 * inside ${done}. Does nothing when the call is not started. */
void outside_end(struct outside_call *call);

#endif
