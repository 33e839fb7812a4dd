/* See proxy_refuse.h. */
#include "bff/http/reply.h"
#include "bff/proxy/proxy_refuse.h"
#include "bff/proxy/proxy_transform.h"

static const char *message_of(int status)
{
    return status == 504 ? "Gateway timeout" : status == 503 ? REFUSAL_UNAVAILABLE : "Bad gateway";
}

static struct text proxy_status_of(const struct proxy_passing *passing, enum reason reason)
{
    return pool_print(passing->request->pool, "%.*s; error=%s; details=\"%s %s\"",
                      TEXT_ARGS(passing->ask.settings->server), reason_proxy_error(reason),
                      passing->ask.route->service->name, reason_name(reason));
}

void proxy_refuse(struct proxy_passing *passing, enum reason reason)
{
    struct request *request = passing->request;
    int status = reason_answer_status(reason, 0);
    bool is_open = reason == REASON_BREAKER_OPEN;

    if (passing->ask.cached != NULL) {
        proxy_cache_answer_is_stale(passing->ask.cached, reason, 0);
        proxy_cache_answer_status(passing->ask.cached);
    }
    if (request->stored != NULL && request->stored->answer(request->stored, request))
        return;
    if (passing->refused_status != 0) {
        proxy_transform_refuse(passing->ask.transform, passing->refused_status,
                               proxy_status_of(passing, reason));
        return;
    }
    if (status == 503)
        reply_add_field(
            request, (struct reply_field){"retry-after", pool_print(request->pool, "%u",
                                                                    passing->call.retry_after_s)});
    reply_refusal(request, &(struct refusal){
                               .status = status,
                               .message = message_of(status),
                               .members = is_open ? TEXT("\"cached\":false") : (struct text){0},
                               .name = "proxy-status",
                               .value = proxy_status_of(passing, reason),
                           });
}
