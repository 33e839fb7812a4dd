/*
 * Header fields that tell browsers to be careful with an answer.
 *
 *   pages   answers of this server itself (JSON): X-Content-Type-Options
 *   routes  answers on routes with security_headers: X-Content-Type-Options, X-Frame-Options and
 *           Referrer-Policy. They replace those of the service. A field that the route sets or
 *           removes by itself (plain_route.response) is not added
 *   HSTS    Strict-Transport-Security (RFC 6797), on every answer to a client that uses https
 */
#ifndef BFF_PROXY_SECURITY_HEADERS_H
#define BFF_PROXY_SECURITY_HEADERS_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/edge/security_settings.h"
#include "bff/http/request.h"
#include "bff/proxy/plain_route.h"

/* Adds the fields to the answer to ${request}, whose peer has been found. ${route} is NULL for an
 * answer of this server itself. */
void security_headers_add(struct request *request, const struct security_settings *settings,
                          const struct plain_route *route);

/* True when the field ${name} (any case) of a service's answer is left out, because
 * security_headers_add has added one of that name. */
bool security_headers_replace(const struct request *request,
                              const struct security_settings *settings,
                              const struct plain_route *route, struct text name);

#endif
