/* See target.h. */
#include <arpa/inet.h>

#include "bff/http/target.h"

#define HOST_MAX 255 /* a name of the DNS is shorter */
#define PORT_MAX 65535

static bool starts_nocase(struct text text, struct text prefix)
{
    return text.len >= prefix.len && text_equal_nocase((struct text){text.at, prefix.len}, prefix);
}

static struct text behind(struct text text, size_t bytes)
{
    return (struct text){text.at + bytes, text.len - bytes};
}

/* Returns the length of the authority at the front of ${text}, the rest of an absolute form. The
 * authority ends at the path, at the query or at the end of the text. */
static size_t authority_length(struct text text)
{
    size_t len = 0;

    while (len < text.len && text.at[len] != '/' && text.at[len] != '?')
        len++;
    return len;
}

struct target target_of_path(struct text raw)
{
    struct target target = {.query = raw};

    target.path = text_cut(&target.query, '?');
    return target;
}

struct target target_of(struct text raw)
{
    bool is_http = starts_nocase(raw, TEXT("http://"));

    if (!is_http && !starts_nocase(raw, TEXT("https://")))
        return target_of_path(raw);
    struct text rest = behind(raw, is_http ? 7 : 8);
    size_t len = authority_length(rest);
    struct target target = target_of_path(behind(rest, len));
    target.authority = (struct text){rest.at, len};
    if (target.path.len == 0)
        target.path = TEXT("/");
    return target;
}

bool target_is_clean(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= 0x20 || text.at[i] >= 0x7f || text.at[i] == '#')
            return false;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~!$&'()*+;=", c) != NULL);
}

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (is_name_byte(name.at[i]))
            continue;
        if (name.at[i] != '%' || i + 2 >= name.len || !is_hex(name.at[i + 1]) ||
            !is_hex(name.at[i + 2]))
            return false;
        i += 2;
    }
    return name.len > 0 && name.len <= HOST_MAX;
}

static bool is_ipv6(struct text address)
{
    char string[INET6_ADDRSTRLEN];
    struct in6_addr parsed;

    if (address.len >= sizeof(string) || memchr(address.at, '\0', address.len) != NULL)
        return false;
    memcpy(string, address.at, address.len);
    string[address.len] = '\0';
    return inet_pton(AF_INET6, string, &parsed) == 1;
}

static bool is_port(struct text port)
{
    uint64_t number;

    return port.len == 0 || text_number(port, PORT_MAX, &number) == 0;
}

bool target_is_authority(struct text authority)
{
    struct text rest = authority;

    if (authority.len > 0 && authority.at[0] == '[') {
        rest = behind(authority, 1);
        struct text address = text_cut(&rest, ']');
        if (rest.at == NULL || !is_ipv6(address))
            return false;
        return rest.len == 0 || (rest.at[0] == ':' && is_port(behind(rest, 1)));
    }
    struct text name = text_cut(&rest, ':');
    return is_name(name) && is_port(rest);
}
