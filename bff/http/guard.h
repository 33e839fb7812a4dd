/*
 * Checks every request before any other code of ours uses the request. libh2o accepts many bad
 * requests, such as HTTP/2 requests with any number of fields, paths with spaces, and folded lines,
 * which become fields without a name.
 *
 * | refused with | what |
 * | --- | --- |
 * | 431 | too many fields, or too many bytes of them |
 * | 400 | a method or a field name that is not a token; a control byte in a field; a target that is
 *         not a path, or that has a '#' or a byte that is not visible ASCII; no Host with HTTP/1.1
 *         and HTTP/2; an invalid Host, or an invalid authority in its place; a head that can be
 *         read in two ways (guard_head.h) |
 * | 501 | a method other than GET HEAD POST PUT PATCH DELETE OPTIONS, and PURGE of an operator |
 * | 414 | a target that is too long |
 * | 417 | an Expect other than 100-continue |
 * | 413 | a Content-Length over http_settings.body_limit |
 *
 * After a refusal an HTTP/1.1 connection is closed, because we cannot be sure where the next
 * request of such a client begins.
 */
#ifndef BFF_HTTP_GUARD_H
#define BFF_HTTP_GUARD_H

#include <stdbool.h>

#include "bff/http/refusal.h"
#include "bff/http/request.h"

/* Returns true if the request is allowed. Otherwise returns false and writes the answer to
 * ${refusal}. */
bool guard_admits(const struct request *request, struct refusal *refusal);

/* As guard_admits, but it checks only the body: 413 when its Content-Length, or what has come of
 * it, is more than ${limit} bytes. */
bool guard_admits_body(const struct request *request, size_t limit, struct refusal *refusal);

#endif
