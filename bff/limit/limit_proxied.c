/* See limit_proxied.h. */
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/http/request_peer.h"
#include "bff/limit/limit_proxied.h"

static struct log_pace pace;

static bool has_address(const struct limit_rule *rule)
{
    for (size_t i = 0; i < rule->key_count; i++)
        if (rule->key[i].kind == LIMIT_KEY_IP)
            return true;
    return false;
}

void limit_proxied_tell(const struct request *request, const struct limit_rule *rule)
{
    if (request->peer->is_trusted || !has_address(rule))
        return;
    if (request_header(request, "x-forwarded-for").at == NULL &&
        request_header(request, "forwarded").at == NULL)
        return;
    if (log_pace_is_due(&pace))
        log_event("limit_counts_a_proxy",
                  (struct log_field[]){
                      {"peer", .text = request->peer->connection},
                      {"rule", .text = rule->name},
                      {"remedy", .text = TEXT("if the peer is your proxy, add its address to "
                                              "trusted_proxies")},
                      {0},
                  });
}
