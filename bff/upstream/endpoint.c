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

static void be_name(struct endpoint *endpoint, const char *service)
{
    const struct service_endpoint *at = endpoint->at;

    endpoint->label = text_of(at->authority);
    endpoint->state = endpoint_state_hold(endpoint_loop_registry(endpoint->on), service, at);
    resolve_init(&endpoint->addresses, at->host, at->port);
}

static void be_address(struct endpoint *endpoint, const char *service,
                       const struct resolve_address *address)
{
    endpoint->is_address = true;
    resolve_address_print(address, endpoint->address);
    endpoint->label = text_of(endpoint->address);
    endpoint->state = endpoint_state_hold_address(endpoint_loop_registry(endpoint->on), service,
                                                  endpoint->at, endpoint->address);
    resolve_init_address(&endpoint->addresses, address);
}

struct endpoint *endpoint_new(const struct endpoint_loop *on,
                              const struct endpoint_identity *identity)
{
    struct endpoint *endpoint = memory_new(sizeof(*endpoint));
    bool is_tls = identity->at->is_tls;

    must(!is_tls || identity->trust != NULL);
    endpoint->at = copy(identity->at);
    endpoint->on = on;
    if (identity->address == NULL)
        be_name(endpoint, identity->service);
    else
        be_address(endpoint, identity->service, identity->address);
    h2o_linklist_init_anchor(&endpoint->idle);
    if (is_tls) {
        endpoint->trust = trust_hold(identity->trust);
        endpoint->tls = trust_context(identity->trust);
    }
    endpoint->request_tail = request_tail(endpoint->at);
    return endpoint;
}

struct text endpoint_label(const struct endpoint *endpoint, char copy[RESOLVE_TEXT_BYTES])
{
    if (!endpoint->is_address)
        return endpoint->label;
    memcpy(copy, endpoint->address, RESOLVE_TEXT_BYTES);
    return (struct text){copy, endpoint->label.len};
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
