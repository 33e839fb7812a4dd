/* See target.h. */
#include <arpa/inet.h>

#include "bff/base/percent.h"
#include "bff/http/target.h"

#define HOST_MAX 255 /* a name of the DNS is shorter */
#define PORT_MAX 65535

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
    bool is_http = text_starts_nocase(raw, TEXT("http://"));

    if (!is_http && !text_starts_nocase(raw, TEXT("https://")))
        return target_of_path(raw);
    struct text rest = text_after(raw, is_http ? 7 : 8);
    size_t len = authority_length(rest);
    struct target target = target_of_path(text_after(rest, len));
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

/* Returns the byte at ${*at}. A percent-encoded byte is decoded, and ${*at} moves to its last
 * digit. Returns -1 when the encoding is wrong. */
static int byte_at(struct text name, size_t *at)
{
    size_t i = *at;

    if (name.at[i] != '%')
        return (unsigned char)name.at[i];
    int high = name.len - i > 2 ? percent_hex(name.at[i + 1]) : -1;
    int low = high < 0 ? -1 : percent_hex(name.at[i + 2]);
    *at += 2;
    return low < 0 ? -1 : high * 16 + low;
}

static bool is_name_byte(int c)
{
    return percent_is_unreserved(c) || (c > 0 && strchr("!$&'()*+;=", c) != NULL);
}

/* A reader that decodes the name must not find a port, userinfo or another end of the name in it.
 * So an encoded ASCII byte must be allowed without its encoding, too. */
static bool is_name(struct text name)
{
    int last = '.';

    for (size_t i = 0; i < name.len; i++) {
        bool is_encoded = name.at[i] == '%';
        int c = byte_at(name, &i);
        if (!is_name_byte(c) && (!is_encoded || c < 0x80))
            return false;
        if (c == '.' && last == '.')
            return false;
        last = c;
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
        rest = text_after(authority, 1);
        struct text address = text_cut(&rest, ']');
        if (rest.at == NULL || !is_ipv6(address))
            return false;
        return rest.len == 0 || (rest.at[0] == ':' && is_port(text_after(rest, 1)));
    }
    struct text name = text_cut(&rest, ':');
    return is_name(name) && is_port(rest);
}
