/*
 * A client's connection that leaves HTTP after 101 (RFC 9110 section 7.8): libh2o sends the head
 * and gives the socket away, and from then on bytes go in both directions. This is the only file in
 * which a connection outlives its request.
 */
#ifndef BFF_HTTP_UPGRADE_H
#define BFF_HTTP_UPGRADE_H

#include <stdbool.h>

#include <h2o.h>

#include "bff/base/text.h"
#include "bff/http/request.h"
#include "bff/http/send_buffer.h"

/* The callbacks of the user of a connection. Each gets the user's cookie and is called from the
 * loop. */
struct upgrade_user {
    /* The client has sent ${bytes}. They stay valid, and no other bytes are read, until
     * upgrade_bytes_used. What came with the request is given before ${begun}. */
    void (*bytes)(void *cookie, struct text bytes);
    /* The 101 has been sent and the request is gone. */
    void (*begun)(void *cookie);
    /* The client has taken what was sent; a source that was full may go on. */
    void (*sent)(void *cookie);
    /* The connection has ended, or it had ended before it could be upgraded. The user then calls
     * upgrade_close. */
    void (*ended)(void *cookie);
};

/* Lies in its user's memory, which outlives the request; all zero before upgrade_begin. */
struct upgrade {
    struct client *client;
    h2o_socket_t *socket; /* NULL until libh2o has given it away */
    h2o_buffer_t *taken;  /* holds the client's bytes that are being used */
    struct send_buffer buffer;
    const struct upgrade_user *user;
    void *cookie;
};

/* True when ${request} can be upgraded and asks for ${protocol} ("websocket"): a GET of HTTP/1.1.
 */
bool upgrade_is_wanted(const struct request *request, const char *protocol);

/* Sends the head that was written by reply_head.h, with Upgrade: ${protocol}, and takes the
 * connection. ${request} ends. Bytes that are added before then are sent after the head. */
void upgrade_begin(struct upgrade *upgrade, struct request *request, struct text protocol,
                   const struct upgrade_user *user, void *cookie);

/* Adds ${bytes}, borrowed during the call, to what is sent next. Returns false when their source
 * must pause until ${sent}. */
bool upgrade_more(struct upgrade *upgrade, struct text bytes);

/* Sends the bytes that have been added. While other bytes are being sent, it sends them after
 * those. Returns false when there is nothing left to send. */
bool upgrade_flush(struct upgrade *upgrade);

/* Frees the bytes of the last ${bytes} call, which are not needed any more. When ${reads_on}, it
 * then reads on. */
void upgrade_bytes_used(struct upgrade *upgrade, bool reads_on);

/* Closes the connection and frees everything. It calls no callback. Idempotent. It does nothing for
 * an upgrade that is all zero. */
void upgrade_close(struct upgrade *upgrade);

#endif
