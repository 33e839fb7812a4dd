/* The target of a request: its parts, and whether target and Host are allowed. */
#ifndef BFF_HTTP_TARGET_H
#define BFF_HTTP_TARGET_H

#include <stdbool.h>

#include "bff/base/text.h"

struct target {
    struct text authority; /* only with the absolute form; otherwise absent */
    struct text path;      /* without the query; "/" if the absolute form has no path */
    struct text query;     /* after the '?'; absent if there is no '?' */
};

/* Splits the target ${raw} of HTTP/1 into its parts. Does not check whether the target is allowed.
 * A server must accept the absolute form (RFC 9112 section 3.2.2). */
struct target target_of(struct text raw);

/* Does the same as target_of for the :path of HTTP/2, which never has the absolute form. */
struct target target_of_path(struct text raw);

/* True for visible ASCII without '#'. Other bytes must be percent-encoded (RFC 3986), and a target
 * has no fragment. */
bool target_is_clean(struct text text);

/*
 * True for host[:port] of RFC 3986: a name, an IPv4 address, or an IPv6 address in brackets. The
 * port is empty or at most 65535. False for an empty host, for userinfo (RFC 9110 section 4.2.4),
 * for a comma, because a comma shows that two Host fields were joined, and for a name with an empty
 * label ("a..b", ".a"; one dot at the end is allowed). A percent-encoded byte counts as the byte
 * itself, but a byte that is not ASCII is allowed only when it is encoded.
 */
bool target_is_authority(struct text authority);

#endif
