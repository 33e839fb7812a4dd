/* The paths that the server answers by itself. No composite and no route gets a request for one of
 * them. */
#ifndef BFF_HTTP_OWN_PATH_H
#define BFF_HTTP_OWN_PATH_H

#include <stdbool.h>

#include "bff/base/text.h"

#define OWN_PATH_HEALTH "/health"
#define OWN_PATH_READY "/ready"
#define OWN_PATH_SERVICE "/health/" /* and the name of a service */
#define OWN_PATH_SESSION "/bff/"    /* the login of browsers, also when there are no sessions */
#define OWN_PATH_KEYS "/.well-known/jwks.json" /* also when this server signs nothing */
#define OWN_PATH_TOOLS "/__bff/"               /* for those who develop pages */
#define OWN_PATH_MOCK "/__mock/"               /* the same, for the mock services */

#define OWN_PATH_WORDS                                                                             \
    "the server answers this path itself (docs/configuration.md#routes), so nothing gets here"

/* True when ${path} is such a path, or when all paths that begin with it are. */
bool own_path_is(struct text path);

/* True for the path of a health page. */
bool own_path_is_health(struct text path);

#endif
