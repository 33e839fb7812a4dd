/* See address.h. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#include "bff/base/text.h"

#include "bff/config/address.h"

static void skip(struct text *text, size_t bytes)
{
    text->at += bytes;
    text->len -= bytes;
}

static const char *scheme_read(struct text *rest, bool *is_tls)
{
    struct text behind = *rest, scheme = text_cut(&behind, ':');

    if (!text_starts(behind, TEXT("//")))
        return NULL;
    *is_tls = text_equal_nocase(scheme, TEXT("https"));
    if (!*is_tls && !text_equal_nocase(scheme, TEXT("http")))
        return "its scheme must be http or https";
    skip(&behind, 2);
    *rest = behind;
    if (rest->len > 0 && rest->at[rest->len - 1] == '/')
        rest->len--;
    return NULL;
}

/* Removes the host with its brackets from ${*rest} and returns it. ":port" stays in ${*rest}. */
static struct text host_cut(struct text *rest)
{
    const char *end = memchr(rest->at, text_starts(*rest, TEXT("[")) ? ']' : ':', rest->len);
    struct text host = *rest;

    if (end != NULL)
        host.len = (size_t)(end - rest->at) + (*end == ']');
    skip(rest, host.len);
    return host;
}

static const char *port_read(struct text rest, in_port_t *port)
{
    uint64_t number;

    if (rest.len < 2 && (rest.len == 0 || rest.at[0] == ':'))
        return "its port is missing; expected an address such as http://127.0.0.1:8080";
    if (rest.at[0] != ':')
        return "behind its host only a port may stand";
    skip(&rest, 1);
    if (memchr(rest.at, ':', rest.len) != NULL)
        return "it has too many colons: an IPv6 address stands in brackets, http://[::1]:8080";
    if (memchr(rest.at, '/', rest.len) != NULL)
        return "it must end behind the port: one listens on an address, not on a path";
    if (text_number(rest, UINT16_MAX, &number) != 0)
        return "its port must be a number from 0 (any free one) to 65535";
    *port = htons((uint16_t)number);
    return NULL;
}

static const char *ipv6_read(struct text host, in_port_t port, struct config_listen *out)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = port};
    char string[INET6_ADDRSTRLEN];

    if (host.len - 2 >= sizeof(string) || host.at[host.len - 1] != ']')
        return "in its brackets is no IPv6 address";
    snprintf(string, sizeof(string), "%.*s", (int)host.len - 2, host.at + 1);
    if (inet_pton(AF_INET6, string, &address.sin6_addr) != 1)
        return "in its brackets is no IPv6 address";
    memcpy(&out->address, &address, sizeof(address));
    out->address_len = sizeof(address);
    return NULL;
}

static const char *ipv4_read(struct text host, in_port_t port, struct config_listen *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
    char string[INET_ADDRSTRLEN];

    if (text_is(host, "*"))
        host = TEXT("0.0.0.0");
    else if (text_equal_nocase(host, TEXT("localhost")))
        host = TEXT("127.0.0.1");
    if (host.len >= sizeof(string))
        return "its host must be an IP address, localhost or *";
    snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(host));
    if (inet_pton(AF_INET, string, &address.sin_addr) != 1)
        return "its host must be an IP address, localhost or *";
    memcpy(&out->address, &address, sizeof(address));
    out->address_len = sizeof(address);
    return NULL;
}

const char *address_read(const char *string, struct config_listen *out)
{
    struct text rest = text_of(string);
    struct config_listen read = {0};
    in_port_t port = 0;

    const char *wrong = scheme_read(&rest, &read.is_tls);
    if (wrong != NULL)
        return wrong;
    if (text_number(rest, UINT64_MAX, &(uint64_t){0}) == 0)
        return "its host is missing; expected an address such as http://127.0.0.1:8080";
    struct text host = host_cut(&rest);
    wrong = port_read(rest, &port);
    if (wrong == NULL && text_starts(host, TEXT("[")))
        wrong = ipv6_read(host, port, &read);
    else if (wrong == NULL)
        wrong = ipv4_read(host, port, &read);
    if (wrong == NULL)
        *out = read;
    return wrong;
}

#define UNIX "unix:"

const char *address_read_unix(const char *string, struct config_listen *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct text path = text_of(string);

    if (!text_starts(path, TEXT(UNIX)))
        return "expected unix: and a path, such as unix:/run/bff/admin.sock";
    skip(&path, sizeof(UNIX) - 1);
    if (path.len < 2 || path.at[0] != '/')
        return "its path must begin with /, as in unix:/run/bff/admin.sock";
    if (path.len >= sizeof(address.sun_path))
        return "its path is too long: the kernel allows 107 bytes";
    memcpy(address.sun_path, path.at, path.len);
    *out = (struct config_listen){.address_len = sizeof(address)};
    memcpy(&out->address, &address, sizeof(address));
    return NULL;
}

bool address_is_unix(const struct config_listen *listen)
{
    return listen->address.ss_family == AF_UNIX;
}

/* True if the port is not 0. sin_port and sin6_port have the same offset, so one read is enough for
 * both. */
static bool has_port(const struct config_listen *listen)
{
    struct sockaddr_in address;

    memcpy(&address, &listen->address, sizeof(address));
    return address.sin_port != 0;
}

bool address_equal(const struct config_listen *a, const struct config_listen *b)
{
    return (address_is_unix(a) || has_port(a)) && a->address_len == b->address_len &&
           memcmp(&a->address, &b->address, a->address_len) == 0;
}

bool address_is_loopback(const struct config_listen *listen)
{
    struct ip ip;

    return address_is_unix(listen) ||
           (ip_of((const struct sockaddr *)&listen->address, &ip) && ip_is_loopback(&ip));
}
