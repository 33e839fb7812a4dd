/* Cross-origin requests: what the configuration says of them. */
#ifndef BFF_EDGE_CORS_H
#define BFF_EDGE_CORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

/*
 *   origins          those that may read answers, as browsers send them: "https://shop.example",
 *                    in lower case, no default port; none: no origin may
 *   allows_any       every origin may (never together with ${credentials})
 *   credentials      cookies and Authorization are allowed
 *   max_age_seconds  how long a browser keeps a preflight's answer
 */
struct cors_settings {
    struct text *origins;
    size_t origin_count;
    bool allows_any;
    bool credentials;
    uint32_t max_age_seconds;
};

#endif
