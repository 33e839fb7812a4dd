/* See endpoint.h. */
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/upstream/endpoint.h"
#include "bff/upstream/trust.h"

static struct text request_tail(const struct service_endpoint *at)
{
    static const char format[] = " HTTP/1.1\r\nhost: %s\r\n";
    size_t size = sizeof(format) + strlen(at->authority);
    char *tail = memory_new(size);
    int len = snprintf(tail, size, format, at->authority);

    return (struct text){tail, (size_t)len};
}

/* The address is copied, because the configuration that names it first may end before other
 * configurations that name it. */
static const struct service_endpoint *copy(const struct service_endpoint *at)
{
    struct service_endpoint *copy = memory_new(sizeof(*copy));

    *copy = *at;
    copy->host = memory_string(at->host);
    copy->authority = memory_string(at->authority);
    return copy;
}

struct endpoint *endpoint_new(const struct endpoint_loop *on, const char *service,
                              const struct service_endpoint *at, struct trust *trust)
{
    struct endpoint *endpoint = memory_new(sizeof(*endpoint));

    must(!at->is_tls || trust != NULL);
    endpoint->at = copy(at);
    endpoint->on = on;
    endpoint->state = endpoint_state_hold(endpoint_loop_registry(on), service, at);
    resolve_init(&endpoint->addresses, endpoint->at->host, endpoint->at->port);
    h2o_linklist_init_anchor(&endpoint->idle);
    if (at->is_tls) {
        endpoint->trust = trust_hold(trust);
        endpoint->tls = trust_context(trust);
    }
    endpoint->request_tail = request_tail(at);
    return endpoint;
}

void endpoint_free(struct endpoint *endpoint)
{
    struct service_endpoint *at = (struct service_endpoint *)(uintptr_t)endpoint->at;

    must(h2o_linklist_is_empty(&endpoint->idle));
    resolve_cancel(&endpoint->addresses);
    registry_release(endpoint->state);
    trust_release(endpoint->trust);
    service_endpoint_free(at);
    memory_free(at);
    memory_free((char *)(uintptr_t)endpoint->request_tail.at);
    memory_free(endpoint);
}
