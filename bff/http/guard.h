/*
 * Checks every request before any other code of ours uses it. libh2o accepts requests that it could
 * refuse (HTTP/2 with any number of fields, paths with spaces, fields without a name from folded
 * lines).
 *
 * | refused with | what |
 * | --- | --- |
 * | 431 | too many fields, or too many bytes of them; ten times too many: the connection is cut |
 * | 400 | a method or a field name that is not a token; a control byte in a field; a target that is
 *         not a path, or that has a '#' or a byte that is not visible ASCII; no Host with HTTP/1.1
 *         and HTTP/2; an invalid Host, or an invalid authority in its place; a head that can be
 *         read in two ways (guard_head.h) |
 * | 501 | a method other than GET HEAD POST PUT PATCH DELETE OPTIONS |
 * | 414 | a target that is too long |
 * | 417 | an Expect other than 100-continue |
 * | 413 | a Content-Length over http_settings.body_limit |
 *
 * After a refusal an HTTP/1.1 connection is closed. The reason: we cannot be sure where the next
 * request of such a client begins.
 */
#ifndef BFF_HTTP_GUARD_H
#define BFF_HTTP_GUARD_H

#include <stdbool.h>

#include "bff/http/refusal.h"
#include "bff/http/request.h"

/* True when the request has so many fields that the connection is cut. Such a request is judged at
 * once, before libh2o reads another one like it. */
bool guard_is_absurd(const struct request *request);

/* Returns true when the request may go on. Otherwise it writes the answer to ${refusal}. */
bool guard_admits(const struct request *request, struct refusal *refusal);

/* As guard_admits, but it checks only the body: 413 when its Content-Length, or what has come of
 * it, is more than ${limit} bytes. */
bool guard_admits_body(const struct request *request, size_t limit, struct refusal *refusal);

#endif
