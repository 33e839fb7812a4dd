/* See redis_url.h. */
#include "bff/base/ip.h"
#include "bff/base/percent.h"

#include "bff/config/redis_url.h"

#define DATABASE_MAX 65535
#define HOST_MAX 255
#define SOCKET_MAX 107 /* sun_path, without the NUL */

#define EXPECTED                                                                                   \
    "expected an address such as redis://:password@127.0.0.1:6379/0, rediss://cache.internal or "  \
    "unix:///run/redis.sock"
#define NO_CLUSTER                                                                                 \
    "Redis Cluster is not supported; name one server, or redis.sentinels with the master behind "  \
    "them"

/* The parts of a URL. Absent: the URL does not have the part. */
struct parts {
    struct text scheme, login, place, path, query;
};

/* Cuts at the last '@', because a password may have one that is not encoded. */
static void login_cut(struct parts *parts)
{
    const char *at = memrchr(parts->place.at, '@', parts->place.len);

    if (at == NULL)
        return;
    size_t len = (size_t)(at - parts->place.at);
    parts->login = (struct text){parts->place.at, len};
    parts->place = text_after(parts->place, len + 1);
}

/* A '/', '?' or '#' in a password must be encoded, as in every URL. */
static int parts_cut(struct text url, struct parts *out)
{
    struct text rest = url;

    *out = (struct parts){.scheme = text_cut(&rest, ':')};
    if (!text_starts(rest, TEXT("//")))
        return -1;
    out->query = text_after(rest, 2);
    rest = text_cut(&out->query, '?');
    const char *slash = rest.len == 0 ? NULL : memchr(rest.at, '/', rest.len);
    out->place = rest;
    if (slash != NULL) {
        out->place.len = (size_t)(slash - rest.at);
        out->path = text_after(rest, out->place.len);
    }
    login_cut(out);
    return 0;
}

static bool is_of_cluster(const struct parts *parts)
{
    struct text scheme = parts->scheme;

    return text_equal_nocase(scheme, TEXT("redis+cluster")) ||
           text_equal_nocase(scheme, TEXT("rediss+cluster")) ||
           text_equal_nocase(scheme, TEXT("redis-cluster")) ||
           (parts->place.len > 0 && memchr(parts->place.at, ',', parts->place.len) != NULL);
}

static const char *scheme_read(const struct parts *parts, bool *is_tls, bool *is_socket)
{
    *is_tls = text_equal_nocase(parts->scheme, TEXT("rediss"));
    *is_socket = text_equal_nocase(parts->scheme, TEXT("unix"));
    if (is_of_cluster(parts))
        return NO_CLUSTER;
    if (text_equal_nocase(parts->scheme, TEXT("redis+sentinel")) ||
        text_equal_nocase(parts->scheme, TEXT("redis-sentinel")))
        return "the addresses of Sentinel servers are written as redis.sentinels";
    if (*is_tls || *is_socket || text_equal_nocase(parts->scheme, TEXT("redis")))
        return NULL;
    return "its scheme must be redis, rediss or unix";
}

static int decode(struct pool *pool, struct text text, struct text *out)
{
    struct text decoded;

    if (percent_decode(pool, text, &decoded) != 0 || memchr(decoded.at, '\0', decoded.len) != NULL)
        return -1;
    *out = pool_text(pool, decoded);
    return 0;
}

static const char *login_read(struct pool *pool, struct text login, struct redis_settings *out)
{
    struct text password = login, user = text_cut(&password, ':');

    if (login.at == NULL)
        return NULL;
    if (password.len == 0)
        return "a password is missing before the @; without a user it is written :password@";
    if (user.len > 0 && decode(pool, user, &out->user) != 0)
        return "its user has a % without two hexadecimal digits, or a NUL";
    if (decode(pool, password, &out->password) != 0)
        return "its password has a % without two hexadecimal digits, or a NUL; a % in it is "
               "written %25";
    return NULL;
}

static const char *number_read(struct text text, struct redis_settings *out)
{
    uint64_t number = 0;

    if (text_number(text, DATABASE_MAX, &number) != 0)
        return "its database must be a number from 0 to 65535";
    out->database = (unsigned)number;
    return NULL;
}

/* "/1", and "?db=1" as some clients write it. */
static const char *database_read(struct text path, struct text query, struct redis_settings *out)
{
    struct text value = query, name = text_cut(&value, '=');
    bool has_path = path.len > 1;

    if (query.at != NULL && !(text_is(name, "db") && value.at != NULL))
        return "after the ? only db=NUMBER is read";
    if (query.at != NULL && has_path)
        return "it names the database twice";
    if (query.at != NULL)
        return number_read(value, out);
    return has_path ? number_read(text_after(path, 1), out) : NULL;
}

static const char *socket_read(struct pool *pool, const struct parts *parts,
                               struct redis_settings *out)
{
    struct text path;

    if (parts->place.len > 0 || parts->path.len < 2)
        return "the path of a socket begins with /, as in unix:///run/redis.sock";
    if (decode(pool, parts->path, &path) != 0)
        return "its path has a % without two hexadecimal digits, or a NUL";
    if (path.len > SOCKET_MAX)
        return "its path is longer than the 107 bytes that a socket may have";
    out->socket = path.at;
    return database_read((struct text){0}, parts->query, out);
}

/* Splits "[::1]:6379". ${*port} is absent without a port. */
static void host_cut(struct text text, struct text *host, struct text *port)
{
    const char *end =
        text_starts(text, TEXT("[")) ? memchr(text.at, ']', text.len) : (const char *)NULL;

    *port = text;
    if (end == NULL) {
        *host = text_cut(port, ':');
        return;
    }
    *host = (struct text){text.at + 1, (size_t)(end - text.at) - 1};
    *port = text_after(text, host->len + 2);
    if (port->len == 0)
        *port = (struct text){0};
    else
        *port = port->at[0] == ':' ? text_after(*port, 1) : (struct text){port->at, 0};
}

static bool is_host(struct text host)
{
    for (size_t i = 0; i < host.len; i++)
        if (host.at[i] <= ' ' || host.at[i] >= 0x7f || strchr("/?#@[]%:", host.at[i]) != NULL)
            return false;
    return host.len > 0 && host.len <= HOST_MAX;
}

const char *redis_url_read_address(struct pool *pool, struct text text, uint16_t normal_port,
                                   struct redis_address *out)
{
    struct text host, port;
    struct ip ip;
    uint64_t number = normal_port;

    host_cut(text, &host, &port);
    bool is_bracketed = text_starts(text, TEXT("["));
    if (is_bracketed ? !(memchr(host.at, ':', host.len) != NULL && ip_read(host, &ip))
                     : !is_host(host))
        return "its host must be a name, an IPv4 address, or an IPv6 address in brackets";
    if (port.at != NULL && (text_number(port, UINT16_MAX, &number) != 0 || number == 0))
        return "its port must be a number from 1 to 65535; an IPv6 address stands in brackets";
    *out = (struct redis_address){pool_text(pool, host).at, (uint16_t)number};
    return NULL;
}

static const char *server_read(struct pool *pool, const struct parts *parts,
                               struct redis_settings *out)
{
    const char *words = NULL;

    if (parts->place.len > 0)
        words = redis_url_read_address(pool, parts->place, REDIS_URL_PORT, &out->address);
    return words == NULL ? database_read(parts->path, parts->query, out) : words;
}

const char *redis_url_read(struct pool *pool, struct text url, struct redis_settings *out,
                           bool *is_tls)
{
    struct redis_settings read = *out;
    struct parts parts;
    bool is_socket;

    read.address = (struct redis_address){0};
    read.socket = NULL;
    read.user = read.password = (struct text){0};
    read.database = 0;
    if (parts_cut(url, &parts) != 0)
        return EXPECTED;
    const char *words = scheme_read(&parts, is_tls, &is_socket);
    if (words == NULL)
        words = login_read(pool, parts.login, &read);
    if (words == NULL)
        words = is_socket ? socket_read(pool, &parts, &read) : server_read(pool, &parts, &read);
    if (words == NULL)
        *out = read;
    return words;
}
