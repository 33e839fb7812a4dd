/*
 * A tunnel begins when the service has answered 101. Both connections do not speak HTTP any more,
 * and the server copies bytes in both directions until one side ends. When one side does not read,
 * the server stops reading from the other side. A tunnel counts as a request in flight: a drain
 * waits for it, and the end of the drain closes it.
 */
#ifndef BFF_PROXY_TUNNEL_H
#define BFF_PROXY_TUNNEL_H

#include <stdbool.h>

#include "bff/http/upgrade.h"
#include "bff/upstream/call.h"

/* The callbacks of a tunnel's owner. Both get the cookie of the tunnel's call. */
struct tunnel_owner {
    void (*over)(void *cookie);    /* either side has ended: the owner calls tunnel_free */
    void (*written)(void *cookie); /* a call_write is complete: the owner calls tunnel_written */
};

/* A tunnel. Its owner provides the memory, which outlives the request and is all zero before
 * tunnel_begin. */
struct tunnel {
    struct upgrade upgrade;
    struct call *call;
    const struct tunnel_owner *owner;
    bool is_ended; /* the service has ended: the rest is sent to the client, and then the tunnel is
                      over */
};

/* Sends the head that was written for ${request} (a 101), and connects the client's connection with
 * the connection of ${call}. */
void tunnel_begin(struct tunnel *tunnel, struct request *request, struct call *call,
                  const struct tunnel_owner *owner);

/* For the sink of the call: adds bytes that have come from the service. */
void tunnel_more(struct tunnel *tunnel, struct text bytes);

/* For the sink of the call: sends the added bytes to the client. It may call owner->over. */
void tunnel_flush(struct tunnel *tunnel);

/* For the sink of the call: the service has ended. It may call owner->over. */
void tunnel_end(struct tunnel *tunnel);

/* To be called when the call has written the client's bytes to the service. */
void tunnel_written(struct tunnel *tunnel);

/* Closes the client's connection without a callback. It does not end the call, which belongs to the
 * owner. Idempotent. */
void tunnel_free(struct tunnel *tunnel);

#endif
