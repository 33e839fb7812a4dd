/* Which networks may use a route. It decides by the address of the client itself, also behind
 * trusted proxies (peer.h). */
#ifndef BFF_EDGE_NETWORK_RULE_H
#define BFF_EDGE_NETWORK_RULE_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/edge/trusted.h"

/*
 *   allow  only clients in these networks are admitted; none: all clients
 *   deny   no client in these networks is admitted, even if ${allow} has the network, too
 */
struct network_rule {
    struct trusted allow;
    struct trusted deny;
};

/* True when the rule refuses some clients. */
static inline bool network_rule_is_on(const struct network_rule *rule)
{
    return rule->allow.count + rule->deny.count > 0;
}

/* True when a client with the address ${client} is admitted. A rule that is on never admits a
 * client whose address is not known. */
bool network_rule_admits(const struct network_rule *rule, struct text client);

#endif
