/* The target of a request: its parts, and whether target and Host are allowed. */
#ifndef BFF_HTTP_TARGET_H
#define BFF_HTTP_TARGET_H

#include <stdbool.h>

#include "bff/base/text.h"

struct target {
    struct text authority; /* of the absolute form; absent in any other */
    struct text path;      /* without the query; "/" when the absolute form has none */
    struct text query;     /* after the '?'; absent without one */
};

/* Splits the target ${raw} of HTTP/1 into its parts, whether it is allowed or not. A server must
 * accept the absolute form (RFC 9112 section 3.2.2). */
struct target target_of(struct text raw);

/* As target_of, for the :path of HTTP/2, which is never in the absolute form. */
struct target target_of_path(struct text raw);

/* True for visible ASCII without '#'. Other bytes must be percent-encoded (RFC 3986), and a target
 * has no fragment. */
bool target_is_clean(struct text text);

/*
 * True for host[:port] of RFC 3986: a name, an IPv4 address, or an IPv6 address in brackets. The
 * port is empty or at most 65535. Refused are an empty host, userinfo (RFC 9110 section 4.2.4), a
 * comma, which is a sign of two Host fields that were joined, a name with an empty label ("a..b",
 * ".a"; one dot at the end is allowed), and all of these when they are percent-encoded.
 */
bool target_is_authority(struct text authority);

#endif
