/* Who may use the pages of operators. Constant while requests use it. */
#ifndef BFF_EDGE_ADMIN_SETTINGS_H
#define BFF_EDGE_ADMIN_SETTINGS_H

#include <stddef.h>

#include "bff/base/text.h"

#define ADMIN_TOKEN_LEAST 16 /* bytes of a token that nobody can guess */

struct admin_settings {
    struct text token;        /* absent: no token lets anybody in */
    const struct text *hosts; /* as host_name returns them; the pages may be asked by these names */
    size_t host_count;
};

#endif
