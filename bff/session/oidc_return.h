/*
 * Where the browser goes after a login: a path of this origin (open redirects, RFC 9700 section
 * 4.11). A browser reads "//evil" and "/\evil" as another origin, and removes tabs and line ends
 * before it reads anything. So only texts that every reader takes as a path are allowed.
 */
#ifndef BFF_SESSION_OIDC_RETURN_H
#define BFF_SESSION_OIDC_RETURN_H

#include <stdbool.h>

#include "bff/base/text.h"

#define OIDC_RETURN_MAX 1024 /* bytes */

/*
 * True when ${url}, as it will be written to Location, stays at this origin: it begins with one
 * '/', and its path has no "//" at the beginning, also none that a reader would see who decodes
 * percent-encoding once. It has no backslash and no control byte, decoded or not, and only visible
 * ASCII: a browser sends other characters percent-encoded.
 */
bool oidc_return_is_safe(struct text url);

#endif
