/*
 * Which header fields of a client may go on to a service. The services trust what this server says
 * about a client. So no field of a client passes that a service could take for one of this server.
 * Fields that concern only the connection do not pass either (RFC 9110 section 7.6.1).
 */
#ifndef BFF_HTTP_FORWARD_FIELDS_H
#define BFF_HTTP_FORWARD_FIELDS_H

#include <stdbool.h>

#include "bff/base/text.h"

/*
 * May a field ${name} (any case) go on to a service? These may not:
 * - a name that is not a token, or that has a '_': CGI and its successors read x_user_id as
 *   X-User-Id;
 * - fields of the connection: Connection, Keep-Alive, Proxy-Connection, TE, Trailer,
 *   Transfer-Encoding, Upgrade, HTTP2-Settings, and all that begin with Proxy-;
 * - fields that this server sends itself: Host, Content-Length, Expect, Via, X-Request-Id,
 * traceparent, tracestate, X-Real-IP, and all that begin with X-User- or X-Forwarded-;
 * - fields that other servers read as one of those, or as another target or method: Forwarded,
 * True-Client-IP, X-Client-IP, X-Cluster-Client-IP, CF-Connecting-IP, X-Original-*, X-Rewrite-URL,
 *   X-HTTP-Method, X-HTTP-Method-Override, X-Method-Override, X-Host.
 * What a trusted proxy says in X-Forwarded-* is written anew: see bff/edge/peer.h.
 */
bool field_may_pass(struct text name);

/* True when ${connection}, the value of a Connection field, names the field ${name} (any case). */
bool field_is_nominated(struct text connection, struct text name);

/* True for a token (RFC 9110 section 5.6.2). Names of fields and methods are tokens. */
bool field_is_token(struct text text);

/* True when ${value} holds no control byte. A tab is allowed. */
bool field_is_value(struct text value);

#endif
