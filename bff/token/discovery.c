/* See discovery.h. */
#include <stdio.h>

#include "bff/base/ip.h"
#include "bff/token/jwt_members.h"
#include "bff/upstream/outside.h"

#include "bff/token/discovery.h"

enum { ISSUER, JWKS, AUTHORIZE, TOKEN, USERINFO, END, METHODS, ISS, AUTH, LOGOUT, MEMBER_COUNT };

static const char *const names[MEMBER_COUNT] = {
    [ISSUER] = "issuer",
    [JWKS] = "jwks_uri",
    [AUTHORIZE] = "authorization_endpoint",
    [TOKEN] = "token_endpoint",
    [USERINFO] = "userinfo_endpoint",
    [END] = "end_session_endpoint",
    [METHODS] = "code_challenge_methods_supported",
    [ISS] = "authorization_response_iss_parameter_supported",
    [AUTH] = "token_endpoint_auth_methods_supported",
    [LOGOUT] = "backchannel_logout_supported",
};

static int complain(char wrong[DISCOVERY_WRONG_SIZE], const char *name, const char *what)
{
    snprintf(wrong, DISCOVERY_WRONG_SIZE, "its %s %s", name, what);
    return -1;
}

/* URLs. */

/* Returns the host and the port of ${url}, which begins with "http://". */
static struct text authority_of(struct text url)
{
    struct text rest = {url.at + 7, url.len - 7};
    size_t len = 0;

    while (len < rest.len && memchr("/?#", rest.at[len], 3) == NULL)
        len++;
    return (struct text){rest.at, len};
}

static bool is_loopback(struct text authority)
{
    const char *colon = memrchr(authority.at, ':', authority.len);
    bool has_port =
        colon != NULL && memchr(colon, ']', authority.len - (size_t)(colon - authority.at)) == NULL;
    struct text host = {authority.at, has_port ? (size_t)(colon - authority.at) : authority.len};
    struct ip ip;

    if (text_equal_nocase(host, TEXT("localhost")) || text_is(host, "[::1]"))
        return true;
    return ip_read(host, &ip) && ip_is_ipv4(&ip) && ip.bytes[12] == 127;
}

bool discovery_is_url(struct text url)
{
    bool is_safe = text_starts(url, TEXT("https://")) ||
                   (text_starts(url, TEXT("http://")) && is_loopback(authority_of(url)));

    return is_safe && url.len <= DISCOVERY_URL_MAX && memchr(url.at, '\0', url.len) == NULL &&
           outside_check_url(url) == NULL;
}

struct text discovery_url(struct text issuer, struct pool *pool)
{
    if (issuer.len > 0 && issuer.at[issuer.len - 1] == '/')
        issuer.len--;
    return pool_print(pool, "%.*s/.well-known/openid-configuration", TEXT_ARGS(issuer));
}

/* The document. */

/* A document that came over TLS names only URLs with TLS. Otherwise a provider could make this
 * server ask the programs on its own machine. */
static int read_url(const struct jwt_member *member, bool needs_tls, struct pool *pool,
                    struct text *out, char wrong[DISCOVERY_WRONG_SIZE])
{
    *out = (struct text){0};
    if (json_is(member->value, JSON_NONE))
        return 0;
    if (!json_is(member->value, JSON_STRING))
        return complain(wrong, member->name, "is no string");
    *out = pool_text(pool, json_text(member->value, pool));
    if (!discovery_is_url(*out) || (needs_tls && !text_starts(*out, TEXT("https://"))))
        return complain(wrong, member->name, "is no https URL that can be asked");
    return 0;
}

static int read_urls(const struct jwt_member *members, struct pool *pool, struct discovery *out,
                     char wrong[DISCOVERY_WRONG_SIZE])
{
    const struct {
        int member;
        struct text *out;
    } urls[] = {
        {JWKS, &out->jwks_uri},
        {AUTHORIZE, &out->authorization_endpoint},
        {TOKEN, &out->token_endpoint},
        {USERINFO, &out->userinfo_endpoint},
        {END, &out->end_session_endpoint},
    };
    bool needs_tls = text_starts(out->issuer, TEXT("https://"));

    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        if (read_url(&members[urls[i].member], needs_tls, pool, urls[i].out, wrong) != 0)
            return -1;
    return out->jwks_uri.at != NULL ? 0 : complain(wrong, "jwks_uri", "is missing");
}

static bool has(struct json list, const char *name, struct pool *pool)
{
    if (json_is(list, JSON_ARRAY))
        json_each (one, list)
            if (text_is(json_text(one, pool), name))
                return true;
    return false;
}

static int read_issuer(const struct jwt_member *member, struct text issuer, struct pool *pool,
                       struct discovery *out, char wrong[DISCOVERY_WRONG_SIZE])
{
    if (!json_is(member->value, JSON_STRING))
        return complain(wrong, member->name, "is missing");
    out->issuer = pool_text(pool, json_text(member->value, pool));
    if (!text_equal(out->issuer, issuer))
        return complain(wrong, member->name, "is another one than the one that was asked");
    return 0;
}

static void read_flags(const struct jwt_member *members, struct pool *pool, struct discovery *out)
{
    out->has_s256 = has(members[METHODS].value, "S256", pool);
    out->has_iss = json_is(members[ISS].value, JSON_TRUE);
    out->has_logout = json_is(members[LOGOUT].value, JSON_TRUE);
    out->has_post = has(members[AUTH].value, "client_secret_post", pool);
    out->has_basic = json_is(members[AUTH].value, JSON_NONE) ||
                     has(members[AUTH].value, "client_secret_basic", pool);
}

int discovery_read(struct text json, struct text issuer, struct pool *pool, struct discovery *out,
                   char wrong[DISCOVERY_WRONG_SIZE])
{
    struct jwt_member members[MEMBER_COUNT];
    struct json object;

    *out = (struct discovery){0};
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        members[i] = (struct jwt_member){.name = names[i]};
    if (json.len > DISCOVERY_BYTES_MAX || jwt_object(json, &object) != 0 ||
        jwt_members_read(object, pool, members, MEMBER_COUNT) != 0) {
        snprintf(wrong, DISCOVERY_WRONG_SIZE, "it is no document of OpenID Connect Discovery");
        return -1;
    }
    jwt_members_drop_null(members, MEMBER_COUNT);
    if (read_issuer(&members[ISSUER], issuer, pool, out, wrong) != 0 ||
        read_urls(members, pool, out, wrong) != 0)
        return -1;
    read_flags(members, pool, out);
    return 0;
}
