/* What the configuration says about header fields that tell browsers to be careful with an answer:
 * see security_headers.h. */
#ifndef BFF_EDGE_SECURITY_SETTINGS_H
#define BFF_EDGE_SECURITY_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"

/*
 *   on_pages    pages get their field
 *   max_age_s, has_subdomains, is_preloaded   as the operator wrote them
 *   hsts        the value of Strict-Transport-Security that follows from them; absent: off
 */
struct security_settings {
    bool on_pages;
    uint32_t max_age_s;
    bool has_subdomains;
    bool is_preloaded;
    struct text hsts;
};

/* What a route says about it. */
struct security_route {
    bool is_on;    /* the fields for routes are sent */
    bool has_hsts; /* HSTS is sent if it is on */
};

#endif
