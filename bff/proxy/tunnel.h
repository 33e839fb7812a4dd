/*
 * A tunnel: the service has answered 101, both connections have left HTTP, and bytes go through in
 * both directions until one side ends. Each side holds the other back. The tunnel counts as a
 * request in flight, so that a drain waits for it, and the end of the drain cuts it.
 */
#ifndef BFF_PROXY_TUNNEL_H
#define BFF_PROXY_TUNNEL_H

#include <stdbool.h>

#include "bff/http/upgrade.h"
#include "bff/upstream/call.h"

/* The callbacks of a tunnel's owner. Both get the cookie of the tunnel's call. */
struct tunnel_owner {
    void (*over)(void *cookie);    /* either side has ended: the owner calls tunnel_free */
    void (*written)(void *cookie); /* the call has written: the owner calls tunnel_written */
};

/* Lies in its owner's memory, which outlives the request; all zero before tunnel_begin. */
struct tunnel {
    struct upgrade upgrade;
    struct call *call;
    const struct tunnel_owner *owner;
    bool is_ended; /* by the service: what is left to send goes out, and then the tunnel is over */
};

/* Answers ${request} with the head that was written (a 101), and joins its connection with that of
 * ${call}. */
void tunnel_begin(struct tunnel *tunnel, struct request *request, struct call *call,
                  const struct tunnel_owner *owner);

/* For the sink of the call: bytes have come. */
void tunnel_more(struct tunnel *tunnel, struct text bytes);

/* For the sink of the call: a group of bytes is complete. It may call owner->over. */
void tunnel_flush(struct tunnel *tunnel);

/* For the sink of the call: the service has ended. It may call owner->over. */
void tunnel_end(struct tunnel *tunnel);

/* The call has written what the client sent. */
void tunnel_written(struct tunnel *tunnel);

/* Closes the client's connection without a callback. It does not end the call, which belongs to the
 * owner. Idempotent. */
void tunnel_free(struct tunnel *tunnel);

#endif
