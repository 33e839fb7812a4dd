/* See network_rule.h. */
#include "bff/base/ip.h"
#include "bff/edge/network_rule.h"

bool network_rule_admits(const struct network_rule *rule, struct text client)
{
    struct ip ip;

    if (!network_rule_is_on(rule))
        return true;
    if (!ip_read(client, &ip) || trusted_has(&rule->deny, &ip))
        return false;
    return rule->allow.count == 0 || trusted_has(&rule->allow, &ip);
}
