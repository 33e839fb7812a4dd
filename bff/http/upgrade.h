/*
 * A client's connection that leaves HTTP after a 101 answer (RFC 9110 section 7.8). libh2o sends
 * the head and gives the socket to this file. From then on, bytes go in both directions. Only in
 * this file, a connection is used longer than its request exists.
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
    /*
     * The client has sent ${bytes}. They stay valid until upgrade_bytes_used, and no more bytes are
     * read until then. Bytes that arrived together with the request are passed before the call of
     * ${begun}.
     */
    void (*bytes)(void *cookie, struct text bytes);
    /* The 101 has been sent, and the request has ended. */
    void (*begun)(void *cookie);
    /* The client has taken the bytes that were sent. A source that has paused may continue. */
    void (*sent)(void *cookie);
    /* The connection has ended, also if it ended before the upgrade. The user must then call
     * upgrade_close. */
    void (*ended)(void *cookie);
};

/* An upgraded connection, in the memory of its user. This memory must exist longer than the
 * request. All zero before upgrade_begin. */
struct upgrade {
    struct client *client;
    h2o_socket_t *socket; /* NULL until libh2o has given the socket to this file */
    h2o_buffer_t *taken;  /* the buffer with the client's bytes that the user uses now */
    struct send_buffer buffer;
    const struct upgrade_user *user;
    void *cookie;
};

/* True when ${request} asks for an upgrade to ${protocol} ("websocket") and can be upgraded: it is
 * a GET of HTTP/1.1. */
bool upgrade_is_wanted(const struct request *request, const char *protocol);

/*
 * Sends the head that was written with reply_head.h, and adds Upgrade: ${protocol}. Then ${request}
 * ends, and ${upgrade} owns the connection. Bytes that are added before the head has been sent are
 * sent after the head.
 */
void upgrade_begin(struct upgrade *upgrade, struct request *request, struct text protocol,
                   const struct upgrade_user *user, void *cookie);

/* Adds ${bytes} to the bytes that are sent next. They are borrowed during the call. Returns false
 * if their source must pause until ${sent} is called. */
bool upgrade_more(struct upgrade *upgrade, struct text bytes);

/* Sends the bytes that have been added. If other bytes are being sent now, the new bytes are sent
 * after them. Returns false if there are no more bytes to send. */
bool upgrade_flush(struct upgrade *upgrade);

/* Frees the bytes of the last call of upgrade_user.bytes, when the user does not need them any
 * more. If ${reads_on} is true, it then reads more bytes. */
void upgrade_bytes_used(struct upgrade *upgrade, bool reads_on);

/* Closes the connection and frees everything. Calls no callback. Idempotent. Does nothing for an
 * upgrade that is all zero. */
void upgrade_close(struct upgrade *upgrade);

#endif
