/* See page_gate.h. */
#include "bff/edge/own_host.h"
#include "bff/edge/page_gate.h"

/* The scheme does not count: a proxy in front of this server may speak TLS. "null" and several
 * values are no origin of ours. */
static bool is_own_origin(const struct request *request)
{
    struct text origin = request_list(request, "origin");

    if (origin.at == NULL)
        return true;
    if (text_starts(origin, TEXT("http://")))
        origin = text_after(origin, sizeof("http://") - 1);
    else if (text_starts(origin, TEXT("https://")))
        origin = text_after(origin, sizeof("https://") - 1);
    else
        return false;
    return request->host.len > 0 && text_equal_nocase(origin, request->host);
}

enum page_gate page_gate_decide(const struct admin_settings *settings,
                                const struct request *request)
{
    if (!request->client->is_unix && !own_host_is(settings, request))
        return PAGE_GATE_HOST;
    if (!is_own_origin(request))
        return PAGE_GATE_ORIGIN;
    if (text_is(request_list(request, "sec-fetch-site"), "cross-site"))
        return PAGE_GATE_SITE;
    return PAGE_GATE_OPEN;
}

enum page_gate page_gate_decide_data(const struct admin_settings *settings,
                                     const struct request *request)
{
    struct text site = request_list(request, "sec-fetch-site");
    enum page_gate gate = page_gate_decide(settings, request);

    if (gate != PAGE_GATE_OPEN || site.at == NULL || text_is(site, "same-origin") ||
        text_is(site, "none"))
        return gate;
    return PAGE_GATE_SITE;
}
