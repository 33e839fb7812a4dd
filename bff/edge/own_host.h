/*
 * Which hosts a request for a page of this server itself may name. The name of a web page may lead
 * to the address of this server (DNS rebinding). Then the browser sends this name as Host, and not
 * a name of ours.
 */
#ifndef BFF_EDGE_OWN_HOST_H
#define BFF_EDGE_OWN_HOST_H

#include <stdbool.h>

#include "bff/edge/admin_settings.h"
#include "bff/http/request.h"

/* True when the host of ${request} is an IP address, localhost, a name below localhost, or one of
 * settings->hosts. Also true without a host, which HTTP/1.0 allows: a browser always sends one. */
bool own_host_is(const struct admin_settings *settings, const struct request *request);

#endif
