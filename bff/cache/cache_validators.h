/* Validators and conditions: ETag, Last-Modified, If-None-Match, If-Modified-Since (RFC 9110
 * section 8.8, 13; RFC 9111 section 4.3). */
#ifndef BFF_CACHE_CACHE_VALIDATORS_H
#define BFF_CACHE_CACHE_VALIDATORS_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/base/text_builder.h"
#include "bff/cache/cache_entry.h"
#include "bff/upstream/exchange.h"

/* True when ${entry} has an ETag or a Last-Modified field with which it can be validated. */
bool cache_validators_exist(const struct cache_entry *entry);

/* Adds the conditions of the call that validates ${entry}: "if-none-match: ...\r\n" and
 * "if-modified-since: ...\r\n", those that it has. */
void cache_validators_ask(struct text_builder *out, const struct cache_entry *entry);

/* True for If-None-Match and If-Modified-Since (any case). The call that fills the cache does not
 * pass these fields of the client on. */
bool cache_validators_is_condition(struct text name);

/* True when ${list}, a value of If-None-Match, is "*" or has a tag that is equal to ${etag} by the
 * weak comparison: "W/" does not count. ${etag} may be absent. */
bool cache_validators_match(struct text list, struct text etag);

/* True when a 304 with ${head} is about ${entry}: its validators are those of the entry, or it has
 * none. A 304 without validators answers the conditions of our call, which were of this entry only.
 */
bool cache_validators_agree(const struct cache_entry *entry, const struct exchange_head *head);

#endif
