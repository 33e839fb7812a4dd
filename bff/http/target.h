/* Where a request goes: what its target and its Host say, and whether they may say so. */
#ifndef BFF_HTTP_TARGET_H
#define BFF_HTTP_TARGET_H

#include <stdbool.h>

#include "bff/base/text.h"

struct target {
    struct text authority; /* of the absolute form; absent in any other */
    struct text path;      /* without the query; "/" when the absolute form has none */
    struct text query;     /* behind the '?'; absent without one */
};

/* Takes ${raw} apart, whether it is sound or not. A server must take the absolute form (RFC 9112
 * section 3.2.2). HTTP/2's :path is never absolute: use target_of_path. */
struct target target_of(struct text raw);
struct target target_of_path(struct text raw);

/* True for visible ASCII without '#': all else must be percent-encoded (RFC 3986), and a fragment
 * is no part of a target. */
bool target_is_clean(struct text text);

/*
 * True for host[:port] as RFC 3986 has it: a name, an IPv4 address or an IPv6 address in brackets;
 * the port may be empty, and is at most 65535. Userinfo is refused (RFC 9110 section 4.2.4), and
 * so is a comma, which tells of two Host fields put together. An empty host is none.
 */
bool target_is_authority(struct text authority);

#endif
