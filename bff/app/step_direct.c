/* Step "direct": answers a route that asks no service: a redirect or a fixed answer. For a route
 * with a split, it chooses the service. */
#include "bff/app/request_steps.h"
#include "bff/cache/cache_validators.h"
#include "bff/http/cookie.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"
#include "bff/http/reply_head.h"
#include "bff/http/request_peer.h"

/* Adds a field, unless the route changes it. */
static void add(struct request *request, const struct plain_route *route, const char *name,
                struct text value)
{
    if (!plain_route_changes(&route->response, text_of(name)))
        reply_head_add(request, text_of(name), value);
}

static void add_set(struct request *request, const struct plain_route *route)
{
    for (size_t i = 0; i < route->response.count; i++)
        reply_head_add(request, route->response.rows[i].name, route->response.rows[i].value);
}

static void redirect(struct request_context *context, const struct plain_route *route)
{
    struct request *request = context->request;
    struct text location = plain_direct_location(request->pool, &route->direct, route->path,
                                                 context->found.path, request->query);

    reply_head_begin(request, (int)route->direct.status, 0);
    add(request, route, "location", location);
    add_set(request, route);
    reply_whole(request, NULL, 0);
}

static bool is_unchanged(const struct request *request, const struct plain_direct *direct)
{
    return direct->etag.at != NULL && method_is_read(request->method) &&
           cache_validators_match(request_list(request, "if-none-match"), direct->etag);
}

static void answer(struct request_context *context, const struct plain_route *route)
{
    const struct plain_direct *direct = &route->direct;
    struct request *request = context->request;
    bool is_304 = is_unchanged(request, direct), has_body = !is_304 && direct->status != 204;

    reply_head_begin(request, is_304 ? 304 : (int)direct->status,
                     has_body ? direct->body.len : REPLY_HEAD_NO_LENGTH);
    if (has_body && direct->body.len > 0)
        add(request, route, "content-type", direct->type);
    add(request, route, "x-content-type-options", TEXT("nosniff"));
    add(request, route, "etag", direct->etag);
    add_set(request, route);
    reply_shared(request, &direct->body, has_body ? 1 : 0);
}

/* Returns the text by which the same client gets the same service again. A client without a user or
 * a cookie has its address. */
static struct text key_of(const struct request_context *context, const struct plain_split *split)
{
    const struct request *request = context->request;
    struct text key = {0};

    if (split->sticky == PLAIN_SPLIT_USER)
        key = request->user;
    if (split->sticky == PLAIN_SPLIT_COOKIE)
        key = cookie_find(request_header(request, "cookie"), split->cookie);
    return key.len > 0 || request->peer == NULL ? key : request->peer->client;
}

static const struct plain_route *choose(const struct request_context *context,
                                        const struct plain_split *split)
{
    if (split->sticky == PLAIN_SPLIT_OFF)
        return &split->choices[plain_split_by_turn(split)];
    return &split->choices[plain_split_by_key(split, key_of(context, split))];
}

enum step_result step_direct(struct request_context *context)
{
    const struct plain_route *route = context->found.route;

    if (route == NULL)
        return STEP_PASS;
    switch (route->direct.kind) {
    case PLAIN_DIRECT_NONE:
        if (route->split.count > 0)
            context->found.route = choose(context, &route->split);
        return STEP_PASS;
    case PLAIN_DIRECT_REDIRECT:
        redirect(context, route);
        break;
    case PLAIN_DIRECT_ANSWER:
        answer(context, route);
        break;
    }
    return STEP_ANSWERED;
}
