/*
 * Decides whether a browser may use the pages below /__bff/, by what the browser says of the web
 * page that has made the request. These pages show what clients and services have sent. A web page
 * of another origin must be able neither to read them nor to change anything by them.
 */
#ifndef BFF_EDGE_PAGE_GATE_H
#define BFF_EDGE_PAGE_GATE_H

#include <stdbool.h>

#include "bff/edge/admin_settings.h"
#include "bff/http/request.h"

enum page_gate {
    PAGE_GATE_OPEN,
    PAGE_GATE_HOST,   /* the host is not ours (own_host.h) */
    PAGE_GATE_ORIGIN, /* Origin is not the host of the request */
    PAGE_GATE_SITE,   /* Sec-Fetch-Site says that another site has made the request */
};

/* Decides about ${request}. The host does not count for a unix socket, which no browser reaches. */
enum page_gate page_gate_decide(const struct admin_settings *settings,
                                const struct request *request);

/* The same, for answers that are data. Another origin of the same site, such as another port of
 * localhost, may not ask for them either. */
enum page_gate page_gate_decide_data(const struct admin_settings *settings,
                                     const struct request *request);

#endif
