/* See session_request_csrf.h. */
#include "bff/app/session_request_csrf.h"
#include "bff/http/request_peer.h"
#include "bff/http/upgrade.h"
#include "bff/session/session_csrf.h"
#include "bff/session/session_settings.h"

#define FIELDS_MOST 2 /* two are enough to know that there are several */

static struct text only_value(const struct request *request, const char *name)
{
    struct text values[FIELDS_MOST];
    size_t count = request_values(request, name, values, FIELDS_MOST);

    if (count == 0)
        return (struct text){0};
    return count == 1 ? values[0] : TEXT("");
}

bool session_request_csrf_passes(const struct request_context *context)
{
    const struct session_settings *settings = session_store_settings(context->dispatch->sessions);
    const struct request *request = context->request;
    struct session_origins ours = {settings->origins, settings->origin_count};
    struct text own;

    if (ours.count == 0) {
        own = session_csrf_origin(request->peer->proto, request->peer->host, request->pool);
        ours = (struct session_origins){&own, 1};
    }
    return session_csrf_passes(
        &(struct session_csrf){
            .method = request->method,
            .origin = only_value(request, "origin"),
            .fetch_site = only_value(request, "sec-fetch-site"),
            .header = only_value(request, "x-csrf"),
            .is_upgrade = upgrade_is_wanted(request, "websocket"),
        },
        &ours);
}

struct refusal session_request_csrf_refusal(void)
{
    return (struct refusal){.status = 403, .message = "CSRF check failed"};
}
