/*
 * Decides who may use the pages of operators.
 *
 * A browser on the machine of an operator reaches these pages, too. The name in the URL of a web
 * page may lead to their address. So every request, whatever its method is, must name a host of
 * ours (own_host.h). No browser reaches a unix socket.
 *
 * The health pages and /metrics may be read by everybody who reaches the address. Everything else
 * needs the token, or a unix socket: the file system lets only its owner in.
 */
#ifndef BFF_EDGE_ADMIN_GATE_H
#define BFF_EDGE_ADMIN_GATE_H

#include <stdbool.h>

#include "bff/edge/admin_failures.h"
#include "bff/edge/admin_settings.h"
#include "bff/http/refusal.h"
#include "bff/http/request.h"

#define ADMIN_GATE_METRICS "/metrics"

enum admin_gate {
    ADMIN_GATE_OPEN,
    ADMIN_GATE_FOREIGN,  /* the host is not ours, or a web page has made a browser ask */
    ADMIN_GATE_CLOSED,   /* there is no token, so only a unix socket lets anybody in */
    ADMIN_GATE_NO_TOKEN, /* the request has no token */
    ADMIN_GATE_WRONG,    /* the token is wrong */
    ADMIN_GATE_TOO_MANY, /* too many wrong tokens have come from this address */
};

/* Decides about ${request}. A wrong token is counted in ${failures}. */
enum admin_gate admin_gate_decide(const struct admin_settings *settings,
                                  struct admin_failures *failures, const struct request *request);

/* Decides by the token and the socket alone: ADMIN_GATE_FOREIGN is never the result. For pages that
 * have checked Host and Origin by other rules (page_gate.h). */
enum admin_gate admin_gate_check(const struct admin_settings *settings,
                                 struct admin_failures *failures, const struct request *request);

/* Returns the answer for ADMIN_GATE_NO_TOKEN, ADMIN_GATE_WRONG and ADMIN_GATE_TOO_MANY. Otherwise
 * its status is 0. */
struct refusal admin_gate_refusal(enum admin_gate gate);

#endif
