/* The head of a service's answer as the client gets it. */
#ifndef BFF_PROXY_PROXY_ANSWER_H
#define BFF_PROXY_PROXY_ANSWER_H

#include "bff/cache/cache_entry.h"
#include "bff/proxy/proxy.h"
#include "bff/upstream/exchange.h"

/* True when ${head}, of a 101, says that the service has switched to WebSocket. Such an answer must
 * name the protocol (RFC 9110 section 15.2.2). */
bool proxy_answer_is_websocket(const struct exchange_head *head);

/* True when the client must not get the answer, because the route's rules cannot change its body.
 */
bool proxy_answer_is_refused(const struct proxy_ask *ask, const struct exchange_head *head);

/* The same for a stored response. */
bool proxy_answer_is_entry_refused(const struct proxy_ask *ask, const struct cache_entry *entry);

/* Writes the head of the answer to ${request} (reply_head.h). It has the service's status and
 * length, and the service's fields without those that are not passed on. Then the route's changes
 * are made. */
void proxy_answer_head(struct request *request, const struct proxy_ask *ask,
                       const struct exchange_head *head);

/* Does the same for a stored response, whose fields are not copied. ${status} is that of the entry,
 * or 304. ${entry} must live as long as the request. */
void proxy_answer_entry(struct request *request, const struct proxy_ask *ask,
                        const struct cache_entry *entry, int status);

#endif
