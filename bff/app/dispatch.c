/* See dispatch.h. */
#include "bff/app/dispatch.h"
#include "bff/base/clock.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"

/* A request on its way; in the request's memory. */
struct way {
    const struct dispatch *dispatch;
    const struct dispatch_worker *worker;
    struct request *request;
    struct route_match match;        /* of a composite */
    const struct plain_route *route; /* or of a plain route */
    struct text path;                /* normalised; absent: it cannot be */
    struct text allow;               /* the methods that its path has */
    struct login_user user;
    bool has_user;
};

enum found {
    FOUND_COMPOSITE,
    FOUND_ROUTE,
    FOUND_BAD,
    FOUND_OTHER_METHOD,
    FOUND_NOTHING,
};

/* Route. */

static struct text header(void *cookie, struct text name)
{
    const struct way *way = cookie;

    return request_header(way->request, pool_text(way->request->pool, name).at);
}

/* host[:port] without its port; an IPv6 address keeps its brackets. */
static struct text host_name(struct text host)
{
    const char *colon = host.len == 0 ? NULL : memrchr(host.at, ':', host.len);

    if (colon != NULL && memchr(colon, ']', (size_t)(host.at + host.len - colon)) == NULL)
        host.len = (size_t)(colon - host.at);
    return host;
}

static enum plain_result find_plain(struct way *way, struct text method, struct text *allow)
{
    struct plain_question question = {
        .method = method,
        .path = way->path,
        .host = host_name(way->request->host),
        .header = header,
        .cookie = way,
    };

    return plain_route_find(way->dispatch->routes, &question, way->request->pool, &way->route,
                            allow);
}

static enum route_result find_composite(struct way *way, struct text method, struct text path)
{
    const struct pages *pages = way->dispatch->pages;

    return route_find(pages->routes, pages->count, way->request->pool, method, path, &way->match);
}

/*
 * What is found for ${method}; the path's methods in way->allow when it has others. A composite is
 * looked for by the path as it was written, whose parameters have rules of their own, and then by
 * the path with its dot segments resolved: nobody gets around it by spelling.
 */
static enum found find(struct way *way, struct text method)
{
    struct request *request = way->request;
    enum route_result composite = find_composite(way, method, request->path);
    struct text allow = TEXT("");

    if (composite == ROUTE_NONE && !text_starts(request->path, TEXT("/")))
        return FOUND_NOTHING;
    if (composite != ROUTE_FOUND && composite != ROUTE_BAD_PARAMETER) {
        if (plain_path(request->pool, request->path, &way->path) != 0)
            return FOUND_BAD;
        if (composite == ROUTE_NONE)
            composite = find_composite(way, method, way->path);
    }
    if (composite == ROUTE_FOUND || composite == ROUTE_BAD_PARAMETER)
        return composite == ROUTE_FOUND ? FOUND_COMPOSITE : FOUND_BAD;
    if (find_plain(way, method, &allow) == PLAIN_FOUND)
        return FOUND_ROUTE;
    way->allow = method_join(request->pool, way->match.allow, allow);
    return way->allow.len > 0 ? FOUND_OTHER_METHOD : FOUND_NOTHING;
}

/* Login and access. */

static void refuse_login(struct request *request, int status, const char *message,
                         const char *challenge)
{
    reply_error_with(request, status, message,
                     (struct reply_field){"www-authenticate", text_of(challenge)});
}

#define AUTHORIZATION_MAX 2 /* fields that are looked at: two are too many */

static enum login_verdict check_login(struct way *way)
{
    const h2o_headers_t *headers = &way->request->h2o->headers;
    struct text values[AUTHORIZATION_MAX];
    size_t count = 0;

    for (size_t i = 0; i < headers->size && count < AUTHORIZATION_MAX; i++)
        if (h2o_memis(headers->entries[i].name->base, headers->entries[i].name->len,
                      H2O_STRLIT("authorization")))
            values[count++] =
                (struct text){headers->entries[i].value.base, headers->entries[i].value.len};
    struct login_request question = {
        .authorization = values,
        .authorization_count = count,
        .now_seconds = clock_wall_ms() / 1000,
        .pool = way->request->pool,
    };
    return login_check(way->dispatch->login, way->worker->logins, &question, &way->user);
}

/* Who asks where anybody may ask is not looked at, but for what cannot be right. */
static bool knows_user(struct way *way, struct access_rule rule)
{
    switch (check_login(way)) {
    case LOGIN_AMBIGUOUS:
        reply_error(way->request, 400, "Bad request");
        return false;
    case LOGIN_BAD:
        if (rule.kind == ACCESS_PUBLIC)
            return true;
        refuse_login(way->request, 403, "Invalid token", "Bearer error=\"invalid_token\"");
        return false;
    case LOGIN_OK:
        way->has_user = true;
        way->request->user = way->user.id;
        return true;
    case LOGIN_ANONYMOUS:
        break;
    }
    return true;
}

/* True when the request may go on; else it has been answered. */
static bool admits(struct way *way, struct access_rule rule)
{
    if (way->dispatch->login == NULL)
        return true;
    if (!knows_user(way, rule))
        return false;
    switch (access_decide(rule, way->has_user ? &way->user : NULL)) {
    case ACCESS_ALLOW:
        return true;
    case ACCESS_NEEDS_LOGIN:
        refuse_login(way->request, 401, "No token provided", "Bearer");
        return false;
    case ACCESS_FORBIDDEN:
        break;
    }
    reply_error(way->request, 403, "Forbidden");
    return false;
}

/* Whoever answers. */

static void serve_composite(struct way *way)
{
    const struct plan *plan = way->match.route->target;

    if (!admits(way, page_access(plan, way->match.params)))
        return;
    page_serve(way->request, &(struct page_ask){
                                 .pages = way->dispatch->pages,
                                 .plan = plan,
                                 .params = way->match.params,
                                 .upstream = way->worker->upstream,
                                 .user = way->has_user ? &way->user : NULL,
                                 .has_login = way->dispatch->login != NULL,
                             });
}

static void serve_route(struct way *way)
{
    const struct plain_route *route = way->route;

    if (way->request->h2o->entity.len > route->body_limit) {
        reply_error(way->request, 413, "Payload too large");
        return;
    }
    if (!admits(way, route->access))
        return;
    proxy_serve(way->request, &(struct proxy_ask){
                                  .settings = &way->dispatch->proxy,
                                  .route = route,
                                  .user = way->has_user ? &way->user : NULL,
                                  .path = way->path,
                                  .upstream = way->worker->upstream,
                              });
}

static void refuse_method(struct way *way)
{
    struct request *request = way->request;
    struct text allow = method_join(request->pool, way->allow, TEXT("OPTIONS"));

    if (text_is(request->method, "OPTIONS"))
        reply_options(request, allow);
    else
        reply_not_allowed(request, allow);
}

/* CORS. */

void dispatch_prepare(const struct dispatch *dispatch, struct request *request)
{
    struct reply_field *fields = pool_zero(request->pool, CORS_FIELDS_MAX * sizeof(*fields));

    request->extra = fields;
    request->extra_count =
        cors_answer_fields(dispatch->cors, request_header(request, "origin"), fields);
}

#define NO_METHOD "-" /* no route has it: what is found for it tells the methods that there are */

/* True when ${request} was a preflight, and has been answered. */
static bool answered_preflight(struct way *way)
{
    struct request *request = way->request;
    struct cors_preflight preflight = {
        .origin = request_header(request, "origin"),
        .request_method = request_header(request, "access-control-request-method"),
        .request_headers = request_header(request, "access-control-request-headers"),
    };
    struct reply_field fields[CORS_FIELDS_MAX] = {{0}};

    if (!cors_is_on(way->dispatch->cors) || !cors_is_preflight(request->method, &preflight))
        return false;
    enum found found = find(way, TEXT(NO_METHOD));
    if (found != FOUND_ROUTE && found != FOUND_OTHER_METHOD)
        return false;
    struct text methods = found == FOUND_ROUTE ? TEXT(METHOD_ALL) : way->allow;
    request->extra_count = 0;
    reply_send(request, &(struct reply){
                            .status = 204,
                            .fields = fields,
                            .field_count = cors_preflight_fields(way->dispatch->cors, &preflight,
                                                                 methods, request->pool, fields),
                        });
    return true;
}

void dispatch_request(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                      struct request *request)
{
    struct way *way = pool_zero(request->pool, sizeof(*way));

    way->dispatch = dispatch;
    way->worker = worker;
    way->request = request;
    if (health_page_serve(&dispatch->health, request) || answered_preflight(way))
        return;
    switch (find(way, request->method)) {
    case FOUND_COMPOSITE:
        serve_composite(way);
        break;
    case FOUND_ROUTE:
        serve_route(way);
        break;
    case FOUND_BAD:
        reply_error(request, 400, "Bad request");
        break;
    case FOUND_OTHER_METHOD:
        refuse_method(way);
        break;
    case FOUND_NOTHING:
        reply_error(request, 404, "Not found");
        break;
    }
}
