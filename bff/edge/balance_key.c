/* See balance_key.h. */
#include "bff/base/ip.h"
#include "bff/base/percent.h"
#include "bff/edge/balance_key.h"
#include "bff/http/cookie.h"
#include "bff/http/request_peer.h"

#define IPV4_BYTES 4
#define IPV6_KEY_BYTES 8

/* When the address is not known, there is no key. Otherwise all such clients would get the same
 * endpoint. */
static struct text address(const struct request *request)
{
    struct ip ip, *kept;

    if (request->peer == NULL || !ip_read(request->peer->client, &ip))
        return (struct text){0};
    kept = pool_take(request->pool, sizeof(*kept));
    *kept = ip;
    const char *bytes = (const char *)kept->bytes;
    return ip_is_ipv4(kept) ? (struct text){bytes + IP_BYTES - IPV4_BYTES, IPV4_BYTES}
                            : (struct text){bytes, IPV6_KEY_BYTES};
}

/* A text that is not properly encoded stays as it is. */
static struct text decoded(const struct request *request, struct text text)
{
    struct text out;

    return percent_decode(request->pool, text, &out) == 0 ? out : text;
}

static struct text parameter(const struct request *request, struct text name)
{
    struct text rest = request->query;

    while (rest.at != NULL) {
        struct text value = text_cut(&rest, '&');
        struct text own = text_cut(&value, '=');
        if (text_equal(decoded(request, own), name))
            return value.at == NULL ? value : decoded(request, value);
    }
    return (struct text){0};
}

static struct text field(const struct request *request, struct text name)
{
    if (text_is(name, "host"))
        return request->host;
    for (size_t i = 0; i < request_field_count(request); i++) {
        struct request_field field = request_field(request, i);
        if (text_equal_nocase(field.name, name))
            return field.value;
    }
    return (struct text){0};
}

struct text balance_key(const struct request *request, const struct service_settings *service)
{
    const struct service_key *key = &service->key;

    if (service->balance != SERVICE_HASH)
        return (struct text){0};
    switch (key->kind) {
    case SERVICE_KEY_ADDRESS:
        return address(request);
    case SERVICE_KEY_PATH:
        return request->path;
    case SERVICE_KEY_QUERY:
        return parameter(request, key->name);
    case SERVICE_KEY_HEADER:
        return field(request, key->name);
    case SERVICE_KEY_COOKIE:
        return cookie_find(request_header(request, "cookie"), key->name);
    case SERVICE_KEY_USER:
        return request->user;
    default:
        return (struct text){0};
    }
}

struct text balance_key_for(const struct request *request, struct upstream *upstream,
                            const struct bff_service *service)
{
    const struct upstream_service *known =
        upstream->has_hash ? upstream_service(upstream, service) : NULL;

    return known == NULL ? (struct text){0} : balance_key(request, known->settings);
}
