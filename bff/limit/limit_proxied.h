/* Finds out that a limit by address counts a proxy instead of its clients. */
#ifndef BFF_LIMIT_LIMIT_PROXIED_H
#define BFF_LIMIT_LIMIT_PROXIED_H

#include "bff/http/request.h"
#include "bff/limit/limit_rule.h"

/*
 * To be called when ${rule}, whose key has the address, is over for ${request}. When the request
 * has X-Forwarded-For or Forwarded and comes from a peer that is not a trusted proxy, the event
 * limit_counts_a_proxy is logged, at most once a minute in the process. A client can send these
 * fields, too, so the event is only a hint.
 */
void limit_proxied_tell(const struct request *request, const struct limit_rule *rule);

#endif
