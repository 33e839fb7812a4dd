/* See limit_proxied.h. */
#include <stdatomic.h>

#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/http/request_peer.h"
#include "bff/limit/limit_proxied.h"

#define EVERY_NS (INT64_C(60) * 1000 * CLOCK_MS)

/* When the event was logged last; 0: never. */
static _Atomic int64_t told_ns;

static bool has_address(const struct limit_rule *rule)
{
    for (size_t i = 0; i < rule->key_count; i++)
        if (rule->key[i].kind == LIMIT_KEY_IP)
            return true;
    return false;
}

static bool is_due(void)
{
    int64_t last_ns = atomic_load(&told_ns), now_ns = clock_now_ns();

    return (last_ns == 0 || now_ns - last_ns >= EVERY_NS) &&
           atomic_compare_exchange_strong(&told_ns, &last_ns, now_ns);
}

void limit_proxied_tell(const struct request *request, const struct limit_rule *rule)
{
    if (request->peer->is_trusted || !has_address(rule))
        return;
    if (request_header(request, "x-forwarded-for").at == NULL &&
        request_header(request, "forwarded").at == NULL)
        return;
    if (is_due())
        log_event("limit_counts_a_proxy",
                  (struct log_field[]){
                      {"peer", .text = request->peer->connection},
                      {"rule", .text = rule->name},
                      {"remedy", .text = TEXT("if the peer is your proxy, add its address to "
                                              "trusted_proxies")},
                      {0},
                  });
}
