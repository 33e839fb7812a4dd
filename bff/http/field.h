/*
 * Which of a client's header fields a service may see. The services trust what this server says of
 * a client, so nothing that they could read as said by it passes; what concerns only the
 * connection ends here (RFC 9110 section 7.6.1).
 */
#ifndef BFF_HTTP_FIELD_H
#define BFF_HTTP_FIELD_H

#include <stdbool.h>

#include "bff/base/text.h"

/*
 * May a field ${name} (any case) go on to a service? No for
 * - a name that is no token, and one with '_': to CGI and its heirs x_user_id is X-User-Id;
 * - fields of the connection: Connection, Keep-Alive, Proxy-Connection, TE, Trailer,
 *   Transfer-Encoding, Upgrade, HTTP2-Settings, and all that begin with Proxy-;
 * - what we say ourselves: Host, Content-Length, Expect, Via, X-Request-Id, traceparent,
 *   tracestate, X-Real-IP, and all that begin with X-User- or X-Forwarded-;
 * - what other servers take for such or for another target: Forwarded, True-Client-IP,
 *   X-Client-IP, X-Cluster-Client-IP, CF-Connecting-IP, X-Original-*, X-Rewrite-URL,
 *   X-HTTP-Method, X-HTTP-Method-Override, X-Method-Override, X-Host.
 * A route that trusts its client's proxy puts back what it believes.
 */
bool field_may_pass(struct text name);

/* True when ${connection}, a Connection field's value, names the field ${name} (any case). */
bool field_is_nominated(struct text connection, struct text name);

/* True for a token (RFC 9110 section 5.6.2): what a name and a method must be. */
bool field_is_token(struct text text);

/* True when ${value} holds no control byte but the tab. */
bool field_is_value(struct text value);

#endif
