/* What is asked about a request and one rule, and the answer. */
#ifndef BFF_LIMIT_LIMIT_VERDICT_H
#define BFF_LIMIT_LIMIT_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/limit/limit_rule.h"

#define LIMIT_HITS_MAX 8 /* rules that one request may match in one step */

/* One rule that a request matches. */
struct limit_hit {
    const struct limit_rule *rule;
    struct text key; /* readable, without the rule's name: "192.0.2.7", "2001:db8::/64"; borrowed
                        until the decision */
    uint32_t cost;   /* at least 1 */
};

/* The decision of one rule. Times are from now on. */
struct limit_verdict {
    bool is_refused;
    uint32_t limit, remaining; /* for the headers: requests */
    uint32_t window_s;         /* for the headers: the length of the window */
    uint32_t reset_ms;         /* until the limit is whole again */
    uint32_t retry_after_ms;   /* with is_refused: until one request is allowed */
    uint32_t delay_ms;         /* LIMIT_LEAKY: the request waits so long before it goes on */
};

#endif
