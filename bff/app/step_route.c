/* Step "route": finds what answers a request, by its method and path. */
#include "bff/app/built_in_pages.h"
#include "bff/app/patterns.h"
#include "bff/app/request_steps.h"
#include "bff/app/session_login.h"
#include "bff/base/path_reading.h"
#include "bff/http/cookie.h"
#include "bff/http/host.h"
#include "bff/http/method.h"

static bool has_value(const struct request *request, const struct plain_field *field)
{
    struct text value = request_header(request, pool_text(request->pool, field->name).at);

    return value.at != NULL && (field->value.at == NULL || text_equal(field->value, value));
}

/*
 * A preflight does not have the fields of the request that follows it. So a preflight matches every
 * route that this request may match. Then its answer has the methods of all these routes, and a
 * service that handles CORS itself gets the preflights for its routes.
 */
static bool has_field(void *cookie, const struct plain_field *field)
{
    const struct request *request = ((const struct request_context *)cookie)->request;
    struct cors_preflight preflight;

    return has_value(request, field) ||
           (step_preflight_read(request, &preflight) && cors_may_carry(&preflight, field->name));
}

/* A preflight has no cookies, but the request that follows may have them. */
static bool has_cookie(void *cookie, const struct plain_field *field)
{
    const struct request *request = ((const struct request_context *)cookie)->request;
    struct text value = cookie_find(request_header(request, "cookie"), field->name);
    struct cors_preflight preflight;

    if (value.at != NULL && (field->value.at == NULL || text_equal(field->value, value)))
        return true;
    return step_preflight_read(request, &preflight);
}

static enum plain_result find_plain(struct request_context *context, struct text method,
                                    struct found *out, struct text *allow)
{
    struct request *request = context->request;
    struct plain_question question = {
        .method = method,
        .path = out->path,
        .query = request->query,
        .host = host_name(request->pool, request->host),
        .has_field = has_field,
        .has_cookie = has_cookie,
        .cookie = context,
    };

    return plain_route_find(context->dispatch->routes, &question, request->pool, &out->route,
                            allow);
}

static enum route_result find_composite(struct request_context *context, struct text method,
                                        struct text path, struct found *out)
{
    const struct pages *pages = context->dispatch->pages;

    return route_find(pages->routes, pages->count, context->request->pool, method, path,
                      &out->match);
}

/* "*" means the server as a whole (RFC 9110 section 9.3.7): its methods are those of all composites
 * and plain routes. Only OPTIONS comes here with it. */
static enum found_kind find_all(struct request_context *context, struct found *out)
{
    const struct pages *pages = context->dispatch->pages;
    struct text all = TEXT(METHOD_ALL);

    out->allow = TEXT("");
    while (all.at != NULL) {
        struct text method = text_trim(text_cut(&all, ','));
        if (route_has_method(pages->routes, pages->count, method) ||
            plain_route_has_method(context->dispatch->routes, method))
            out->allow = method_join(context->request->pool, out->allow, method);
    }
    return FOUND_OTHER_METHOD;
}

/*
 * Looks for a composite with the path as the client wrote it. If no composite matches, it
 * normalises the path and looks for a composite again, and then for a plain route. So a client
 * cannot bypass a composite with another spelling of its path.
 */
static enum found_kind find(struct request_context *context, struct text method, struct found *out)
{
    struct request *request = context->request;
    enum route_result composite = find_composite(context, method, request->path, out);
    struct text allow = TEXT("");

    if (text_is(request->path, "*"))
        return find_all(context, out);
    if (composite != ROUTE_FOUND && composite != ROUTE_BAD_PARAMETER) {
        if (plain_path(request->pool, request->path, &out->path) != 0)
            return FOUND_BAD;
        if (composite == ROUTE_NONE)
            composite = find_composite(context, method, out->path, out);
    }
    if (composite == ROUTE_FOUND || composite == ROUTE_BAD_PARAMETER)
        return composite == ROUTE_FOUND ? FOUND_COMPOSITE : FOUND_BAD;
    if (find_plain(context, method, out, &allow) == PLAIN_FOUND)
        return FOUND_ROUTE;
    out->allow = method_join(request->pool, out->match.allow, allow);
    return out->allow.len > 0 ? FOUND_OTHER_METHOD : FOUND_NOTHING;
}

static bool has_encoded_slash(struct pool *pool, struct text path)
{
    size_t separators = path_reading_of(pool, path).separators;

    for (size_t i = 0; i < path.len; i++)
        separators -= path.at[i] == '/';
    return separators > 0;
}

void step_route_find(struct request_context *context, struct text method, struct found *out)
{
    struct request *request = context->request;

    if (!context->dispatch->may_encode_slashes && has_encoded_slash(request->pool, request->path))
        out->kind = FOUND_BAD;
    else
        out->kind = find(context, method, out);
}

enum step_result step_route(struct request_context *context)
{
    struct found *found = &context->found;

    if (built_in_pages_find(context)) {
        patterns_set(context);
        context->rule = (struct access_rule){.kind = ACCESS_PUBLIC};
        return STEP_PASS;
    }
    step_route_find(context, context->request->method, found);
    patterns_set(context);
    if (found->kind == FOUND_COMPOSITE)
        context->rule =
            page_access(context->dispatch->pages, found->match.route->target, found->match.params);
    if (found->kind == FOUND_ROUTE) {
        context->rule = found->route->access;
        context->request->route = found->route->path;
        found->is_session_login = session_login_is_asked(context);
    }
    return STEP_PASS;
}
