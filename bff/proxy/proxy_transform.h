/*
 * The transformation of one request and of its answer, by the rules of its route
 * (plain_transform.h).
 *
 * The answer passes through a filter (reply_filter.h), wherever it comes from: the service, or the
 * cache, which stores the answers of services as they are. Answers of this server itself are not
 * changed. Where rules change a body, its Content-Length is not kept, a strong ETag becomes a weak
 * one, and fields that are about its bytes are removed.
 */
#ifndef BFF_PROXY_PROXY_TRANSFORM_H
#define BFF_PROXY_PROXY_TRANSFORM_H

#include <stdbool.h>

#include "bff/http/reply_filter.h"
#include "bff/http/request.h"
#include "bff/json/json_edit.h"
#include "bff/proxy/plain_transform.h"

/* In the request's pool. Only proxy_transform.c uses the members. */
struct proxy_transform {
    struct reply_filter filter; /* must be first: it is called by this address */
    struct request *request;
    const struct plain_transform *rules;
    unsigned depth_max;
    bool has_body;    /* ${body} takes the place of the request's */
    struct text body; /* to the service */
    bool is_taken;    /* the answer is that of a service */
    bool edits;       /* the rules change its body */
    bool has_begun;   /* the first byte of its body that is no white space has come */
    bool is_over;     /* its body has ended */
    struct json_edit *edit;
    void (*broken)(void *cookie); /* called when its body is found to be no JSON; or NULL */
    void *cookie;
};

/* What becomes of the body of the request. */
enum proxy_transform_body {
    PROXY_TRANSFORM_GOOD,       /* it has been changed, or it passes as it is */
    PROXY_TRANSFORM_OTHER_TYPE, /* 415 */
    PROXY_TRANSFORM_BROKEN,     /* 400 */
};

/* Makes it for ${request}. ${depth_max} is the deepest nesting of JSON. To be called when the body
 * of the request has been read, and before filters are added that must see the changed answer. */
struct proxy_transform *proxy_transform_new(struct request *request,
                                            const struct plain_transform *rules,
                                            unsigned depth_max);

/* Changes the body of the request. */
enum proxy_transform_body proxy_transform_body(struct proxy_transform *transform);

/* The members of an answer on which it depends what is done with the answer. */
struct proxy_transform_head {
    int status;
    struct text type;   /* Content-Type, or absent */
    struct text coding; /* Content-Encoding, or absent */
};

/* True when the answer must not reach the client, because the rules cannot change its body. */
bool proxy_transform_refuses(const struct proxy_transform *transform,
                             const struct proxy_transform_head *head);

/* The answer that follows is that of a service. */
void proxy_transform_take(struct proxy_transform *transform,
                          const struct proxy_transform_head *head);

/* The body of the answer is complete. Passes the rest of it on. Returns false when it is no JSON,
 * and then the answer must be cut. Returns true when ${transform} is NULL. The filter does the
 * same, for sources that need not know it before. */
bool proxy_transform_end(struct proxy_transform *transform);

/* Sends a refusal in place of an answer that proxy_transform_refuses has refused: 502, or the
 * status of the answer when that says already that there is an error. ${proxy_status} may be
 * absent. */
void proxy_transform_refuse(struct proxy_transform *transform, int status,
                            struct text proxy_status);

#endif
