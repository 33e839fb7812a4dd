/* See service.h. */
#include <arpa/inet.h>
#include <stdio.h>

#include "bff/base/memory.h"
#include "bff/base/text.h"

#include "bff/upstream/service.h"
#include "bff/upstream/trust.h"

#define HOST_MAX 253 /* bytes of a DNS name */

static const char wrong_host[] = "its host may hold letters, digits, '-', '_' and '.' only";

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' ||
           c == '_' || c == '.';
}

static const char *scheme_read(struct text *rest, struct service_endpoint *out)
{
    for (size_t i = 0; i < rest->len; i++)
        if ((unsigned char)rest->at[i] <= ' ' || rest->at[i] == 0x7f)
            return "it holds a space or a control byte";

    struct text scheme = {.at = rest->at};
    while (scheme.len < rest->len && rest->at[scheme.len] != ':')
        scheme.len++;
    struct text behind = {.at = rest->at + scheme.len, .len = rest->len - scheme.len};
    if (!text_starts(behind, TEXT("://")))
        return "it must begin with http:// or https://";
    if (!text_equal_nocase(scheme, TEXT("http")) && !text_equal_nocase(scheme, TEXT("https")))
        return "its scheme must be http or https";
    out->is_tls = scheme.len == sizeof("https") - 1;
    *rest = (struct text){.at = behind.at + 3, .len = behind.len - 3};
    return NULL;
}

/* Removes the path from ${*rest}, where host and port are left. Returns what is wrong with the
 * path, or NULL. */
static const char *path_read(struct text *rest)
{
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->at[i];
        if (c == '/' && i + 1 == rest->len) {
            rest->len = i;
            return NULL;
        }
        if (c == '/' || c == '?' || c == '#')
            return "it must end behind host and port: paths are the composites' and routes' "
                   "business";
    }
    return NULL;
}

/* True when the last label of the host is a number: then the host must be an IPv4 address. */
static bool looks_like_ipv4(struct text host)
{
    size_t i = host.len;

    while (i > 0 && is_digit(host.at[i - 1]))
        i--;
    return i < host.len && (i == 0 || host.at[i - 1] == '.');
}

static bool is_address(int family, struct text host)
{
    char string[HOST_MAX + 1], address[sizeof(struct in6_addr)];

    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(host));
    return inet_pton(family, string, address) == 1;
}

static const char *name_check(struct text host)
{
    if (host.len == 0)
        return "its host is missing";
    if (host.len > HOST_MAX)
        return "its host is longer than 253 bytes";
    for (size_t i = 0; i < host.len; i++) {
        if (!is_host_byte(host.at[i]))
            return wrong_host;
        if (host.at[i] == '.' && (i == 0 || host.at[i - 1] == '.'))
            return "its host has an empty label";
    }
    if (looks_like_ipv4(host) && !is_address(AF_INET, host))
        return "its host is no IPv4 address";
    return NULL;
}

/* Reads the host and removes it from ${*rest}. The rest should then be ":port" or empty; port_read
 * checks this. Returns what is wrong with the host, or NULL. */
static const char *host_read(struct text *rest, struct text *host)
{
    if (!text_starts(*rest, TEXT("["))) {
        *host = (struct text){.at = rest->at};
        while (host->len < rest->len && rest->at[host->len] != ':')
            host->len++;
        *rest = (struct text){.at = rest->at + host->len, .len = rest->len - host->len};
        if (rest->len > 1 && memchr(rest->at + 1, ':', rest->len - 1) != NULL)
            return "it has too many colons: an IPv6 address stands in brackets, http://[::1]:3000";
        return name_check(*host);
    }
    const char *close = memchr(rest->at, ']', rest->len);
    if (close == NULL)
        return "its IPv6 address has no closing bracket";
    *host = (struct text){.at = rest->at + 1, .len = (size_t)(close - rest->at) - 1};
    *rest = (struct text){.at = close + 1, .len = rest->len - host->len - 2};
    if (host->len > HOST_MAX || !is_address(AF_INET6, *host))
        return "in its brackets is no IPv6 address";
    return NULL;
}

static const char *port_read(struct text rest, struct service_endpoint *out)
{
    uint64_t port = out->is_tls ? 443 : 80;

    if (rest.len > 0 && rest.at[0] != ':')
        return "behind its host only a port may stand";
    if (rest.len == 1)
        return "its port is missing behind the colon";
    if (rest.len > 1) {
        struct text digits = {.at = rest.at + 1, .len = rest.len - 1};
        if (text_number(digits, UINT16_MAX, &port) != 0 || port == 0)
            return "its port must be a number from 1 to 65535";
    }
    out->port = (uint16_t)port;
    return NULL;
}

static const char *parts_read(struct text rest, struct text *host, struct service_endpoint *out)
{
    const char *wrong = scheme_read(&rest, out);

    if (wrong == NULL && memchr(rest.at, '@', rest.len) != NULL)
        return "a user name or password cannot stand in it";
    if (wrong == NULL)
        wrong = path_read(&rest);
    if (wrong == NULL)
        wrong = host_read(&rest, host);
    return wrong != NULL ? wrong : port_read(rest, out);
}

/* Returns the value of the Host header. The port is left out when it is the default port of the
 * scheme. */
static char *authority_new(struct text host, const struct service_endpoint *at)
{
    bool is_ipv6 = memchr(host.at, ':', host.len) != NULL;
    size_t size = host.len + sizeof("[]:65535");
    char *authority = memory_new(size);

    int len = snprintf(authority, size, is_ipv6 ? "[%.*s]" : "%.*s", TEXT_ARGS(host));
    if (at->port != (at->is_tls ? 443 : 80))
        snprintf(authority + len, size - (size_t)len, ":%u", (unsigned)at->port);
    return authority;
}

const char *service_endpoint_read(const char *url, struct service_endpoint *out)
{
    struct service_endpoint read = {0};
    struct text host = {0};
    const char *wrong = parts_read(text_of(url), &host, &read);

    if (wrong != NULL)
        return wrong;
    read.host = memory_new(host.len + 1);
    memcpy(read.host, host.at, host.len);
    read.authority = authority_new(host, &read);
    read.weight = 1;
    *out = read;
    return NULL;
}

char *service_address_name(const char *service, const struct service_endpoint *at,
                           const char *address)
{
    const char *separator = address == NULL ? "" : " ", *last = address == NULL ? "" : address;
    size_t size = strlen(service) + sizeof(" https:// ") + strlen(at->authority) + strlen(last);
    char *name = memory_new(size);

    snprintf(name, size, "%s %s://%s%s%s", service, at->is_tls ? "https" : "http", at->authority,
             separator, last);
    return name;
}

char *service_endpoint_name(const char *service, const struct service_endpoint *at)
{
    return service_address_name(service, at, NULL);
}

void service_endpoint_free(struct service_endpoint *endpoint)
{
    memory_free(endpoint->host);
    memory_free(endpoint->authority);
    *endpoint = (struct service_endpoint){0};
}

void service_endpoints_free(struct service_settings *service)
{
    for (size_t i = 0; i < service->endpoint_count; i++)
        service_endpoint_free(&service->endpoints[i]);
    memory_free(service->endpoints);
    service->endpoints = NULL;
    service->endpoint_count = 0;
}

static bool needs_trust(const struct service_settings *settings)
{
    for (size_t i = 0; i < settings->endpoint_count; i++)
        if (settings->endpoints[i].is_tls)
            return true;
    return settings->ca_file != NULL;
}

int service_load_trust(struct service_settings *settings, const char **wrong)
{
    if (settings->trust != NULL || !needs_trust(settings))
        return 0;
    settings->trust = trust_new(settings->ca_file, wrong);
    return settings->trust == NULL ? -1 : 0;
}
