/*
 * Rules for header fields by their names: which fields belong to one connection only (hop-by-hop,
 * RFC 9110 section 7.6.1), which fields of a client go on to a service, and which fields of a
 * service go back to a client. Services trust what this server says about a client. So a client's
 * field does not pass if a service could believe that this server wrote it.
 */
#ifndef BFF_HTTP_FIELD_H
#define BFF_HTTP_FIELD_H

#include <stdbool.h>

#include "bff/base/text.h"

/*
 * True for a field ${name} (any case) that belongs to one connection only, so that it is not passed
 * on in either direction: Connection, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding,
 * Upgrade, HTTP2-Settings. This is the only list of these names. The fields that are listed in a
 * Connection field are hop-by-hop, too: see field_is_nominated.
 */
bool field_is_hop_by_hop(struct text name);

/*
 * True when a client's field ${name} (any case) may go on to a service. These may not:
 * - a name that is not a token, and a name with '_': CGI and its successors read x_user_id as
 *   X-User-Id;
 * - hop-by-hop fields, and all names that begin with Proxy-;
 * - fields that this server writes itself: Host, Content-Length, Expect, Via, X-Request-Id,
 *   traceparent, tracestate, baggage, X-Real-IP, X-Request-Deadline-Ms, X-Identity,
 *   X-API-Key-Name, X-Client-Subject, X-Client-Fingerprint, and all names that begin with X-User-
 *   or X-Forwarded-;
 * - fields that other servers read as the client's address or as another target: Forwarded,
 *   True-Client-IP, X-Client-IP, X-Cluster-Client-IP, CF-Connecting-IP, X-Original-*,
 *   X-Rewrite-URL, X-HTTP-Method, X-HTTP-Method-Override, X-Method-Override, X-Host;
 * - names that a service could read as one of the last two groups (field_reads_as): X.User.Id.
 * This server writes X-Forwarded-* anew, from what a trusted proxy says: see bff/edge/peer.h.
 */
bool field_may_pass(struct text name);

/*
 * True when a service's field ${name} (any case) may go back to a client. False for hop-by-hop
 * fields, and for the fields that this server or libh2o writes: Date, Server, Content-Length,
 * X-Request-Id. False also for Proxy-Authenticate, Proxy-Authorization and
 * Proxy-Authentication-Info: a client would take them for fields of this server, and could send a
 * password to it (RFC 9110 section 11.7).
 */
bool field_may_return(struct text name);

/*
 * True when an answer of ${status} cannot be understood without its field ${name} (any case), such
 * as Allow for 405. Such a field returns even if a Connection field lists it. The one hop-by-hop
 * field among them is Upgrade, for 426 (RFC 9110 section 15.5.22): it may only return over
 * HTTP/1.1, and needs "Connection: upgrade" beside it.
 */
bool field_is_needed(int status, struct text name);

/* True when ${connection}, the value of a Connection field, lists the field ${name} (any case). */
bool field_is_nominated(struct text connection, struct text name);

/* True when a service could take the field ${name} for the field ${other}: the case of letters does
 * not matter, and neither do bytes that are no letters and no digits, because CGI and its
 * successors read all of them as '_'. */
bool field_reads_as(struct text name, struct text other);

/* True for a token (RFC 9110 section 5.6.2). Names of fields and methods must be tokens. */
bool field_is_token(struct text text);

/* True when ${value} has no control byte other than the tab. */
bool field_is_value(struct text value);

#endif
