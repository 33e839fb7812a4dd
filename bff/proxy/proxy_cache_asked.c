/* See proxy_cache_asked.h. */
#include "bff/edge/api_key.h"
#include "bff/http/field.h"
#include "bff/http/request_peer.h"
#include "bff/proxy/proxy_cache_asked.h"
#include "bff/proxy/proxy_request.h"
#include "bff/proxy/proxy_upload.h"

/* The fields that this server writes, and those that name a user. */
enum own {
    OWN_AUTHORIZATION,
    OWN_COOKIE,
    OWN_USER_ID,
    OWN_USER_ROLE,
    OWN_KEY_NAME,
    OWN_REAL_IP,
    OWN_FOR,
    OWN_PROTO,
    OWN_HOST,
    OWN_COUNT,
};

static const char *const own_names[OWN_COUNT] = {
    "authorization", "cookie",          "x-user-id",         "x-user-role",      "x-api-key-name",
    "x-real-ip",     "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
};

static enum own own_of(struct text name)
{
    enum own own = 0;

    while (own < OWN_COUNT && !text_equal_nocase(name, text_of(own_names[own])))
        own++;
    return own;
}

/* Joins all values of a field. */
struct values {
    struct pool *pool;
    const char *name;
    struct text list;
};

static void add_value(struct values *values, struct text name, struct text value)
{
    if (!text_equal_nocase(name, text_of(values->name)))
        return;
    values->list = values->list.at == NULL ? value
                                           : pool_print(values->pool, "%.*s, %.*s",
                                                        TEXT_ARGS(values->list), TEXT_ARGS(value));
}

/* False for a field that the service does not get, whatever the route does with it. */
static bool is_sent(const struct proxy_cache_asked *asked, struct request_field field)
{
    return field_is_value(field.value) && !field_is_nominated(asked->nominated, field.name) &&
           !caller_writes(asked->caller, field.name);
}

static struct text client_value(const struct proxy_cache_asked *asked, const char *name)
{
    struct values values = {.pool = asked->pool, .name = name};

    for (size_t i = 0; i < request_field_count(asked->request); i++) {
        struct request_field field = request_field(asked->request, i);
        if (text_equal_nocase(field.name, text_of(name)) && is_sent(asked, field))
            add_value(&values, field.name, field.value);
    }
    return values.list;
}

static struct text own_value(const struct proxy_cache_asked *asked, enum own own)
{
    const struct request_peer *peer = asked->request->peer;
    const struct caller *caller = asked->caller;
    bool names_user = !asked->hides_user && caller->has_user;
    bool names_key = !asked->hides_user && caller->key != NULL;

    if (asked->hides_user && own <= OWN_COOKIE)
        return (struct text){0};
    switch (own) {
    case OWN_AUTHORIZATION:
        if (caller->authorization.at != NULL || caller->hides_authorization)
            return caller->authorization;
        return client_value(asked, own_names[own]);
    case OWN_COOKIE:
        return caller->cookies.at != NULL ? caller->cookies : client_value(asked, own_names[own]);
    case OWN_USER_ID:
        return names_user ? caller->user.id : (struct text){0};
    case OWN_USER_ROLE:
        return names_user ? caller->user.roles : (struct text){0};
    case OWN_KEY_NAME:
        return names_key ? caller->key->name : (struct text){0};
    case OWN_REAL_IP:
        return peer->client;
    case OWN_FOR:
        return peer->chain;
    case OWN_PROTO:
        return peer->proto;
    case OWN_HOST:
        return peer->host;
    default:
        return (struct text){0};
    }
}

static struct text copied_value(const struct proxy_cache_asked *asked, const char *name)
{
    struct values values = {.pool = asked->pool, .name = name};

    for (size_t i = 0; i < asked->field_count; i++)
        add_value(&values, asked->fields[i].name, asked->fields[i].value);
    return values.list;
}

/* Most names that the cache reads begin with another letter than those above. */
struct text proxy_cache_asked_field(const struct proxy_cache_asked *asked, const char *name)
{
    if (asked->request == NULL)
        return copied_value(asked, name);
    if (name[0] == 'x' || name[0] == 'a' || strcmp(name, "cookie") == 0) {
        enum own own = own_of(text_of(name));
        if (own != OWN_COUNT)
            return own_value(asked, own);
    }
    return client_value(asked, name);
}

static struct text read_field(void *cookie, const char *name)
{
    return proxy_cache_asked_field(cookie, name);
}

void proxy_cache_asked_init(struct proxy_cache_asked *asked, struct request *request,
                            const struct proxy_ask *ask)
{
    *asked = (struct proxy_cache_asked){
        .pool = request->pool,
        .nominated = request_list(request, "connection"),
        .hides_user = ask->route->cache.is_shared,
        .request = request,
        .caller = ask->caller,
    };
    asked->policy = (struct cache_request){
        .method = request->method,
        .field = read_field,
        .cookie = asked,
        .has_user =
            !asked->hides_user && (ask->caller->has_user || ask->caller->key != NULL ||
                                   proxy_cache_asked_field(asked, "authorization").at != NULL),
        .has_body = proxy_upload_is_streamed(request) || request_body(request).len > 0 ||
                    proxy_request_wants_upgrade(request, ask->route),
    };
}

static struct request_field copy_field(struct pool *pool, struct text name, struct text value)
{
    return (struct request_field){pool_text(pool, name), pool_text(pool, value)};
}

/* Copies the fields that this server does not replace, and then its own. */
static void copy_fields(struct proxy_cache_asked *asked, const struct proxy_cache_asked *from)
{
    size_t count = request_field_count(from->request), kept = 0;
    struct request_field *fields = pool_take(asked->pool, (count + OWN_COUNT) * sizeof(*fields));

    for (size_t i = 0; i < count; i++) {
        struct request_field field = request_field(from->request, i);
        if (own_of(field.name) == OWN_COUNT && is_sent(from, field))
            fields[kept++] = copy_field(asked->pool, field.name, field.value);
    }
    for (enum own own = 0; own < OWN_COUNT; own++) {
        struct text value = own_value(from, own);
        if (value.at != NULL)
            fields[kept++] = copy_field(asked->pool, text_of(own_names[own]), value);
    }
    asked->fields = fields;
    asked->field_count = kept;
}

void proxy_cache_asked_copy(struct proxy_cache_asked *asked, const struct proxy_cache_asked *from,
                            struct pool *pool)
{
    *asked = (struct proxy_cache_asked){.policy = from->policy, .pool = pool};
    asked->policy.method = pool_text(pool, from->policy.method);
    asked->policy.cookie = asked;
    copy_fields(asked, from);
}
