/*
 * The door: what every request must be before anything of ours looks at it. libh2o lets pass what
 * it need not let pass (HTTP/2 with any number of fields, paths with spaces, nameless fields from
 * folded lines).
 *
 * | refused with | what |
 * | --- | --- |
 * | 431 | too many fields, or too many bytes of them; ten times too many: the connection is cut |
 * | 400 | a method or a field's name that is no token; a control byte in a field; a target that
 *         is no path or has other bytes than visible ASCII, or a '#'; no Host with HTTP/1.1 and
 *         HTTP/2; a Host, or an authority in its stead, that is none; a head that can be read in
 *         two ways (guard_head.h) |
 * | 501 | another method than GET HEAD POST PUT PATCH DELETE OPTIONS |
 * | 414 | a target that is too long |
 * | 417 | Expect with anything but 100-continue |
 * | 413 | a body over http_settings.body_limit |
 *
 * After a refusal an HTTP/1.1 connection is closed: who sends such a request may not be where we
 * believe it to be in its next.
 */
#ifndef BFF_HTTP_GUARD_H
#define BFF_HTTP_GUARD_H

#include <stdbool.h>

#include "bff/http/refusal.h"
#include "bff/http/request.h"

/* So many fields that the connection is cut: such a request is judged at once, before libh2o reads
 * another of its kind. */
bool guard_is_absurd(const struct request *request);

/* True: the request may go on. False: ${refusal} says what it is answered. */
bool guard_admits(const struct request *request, struct refusal *refusal);

/* The same for its body alone: 413 for one of more than ${limit} bytes. */
bool guard_admits_body(const struct request *request, size_t limit, struct refusal *refusal);

#endif
