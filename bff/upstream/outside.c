/* See outside.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/text_builder.h"
#include "bff/upstream/outside.h"
#include "bff/upstream/upstream.h"

#define DEPTH_MAX 32
#define RESOLVE_MS 30000 /* used when the configuration has not set the interval yet */

struct outside {
    char *name;
    struct text url;
    struct text target; /* of the URL */
    struct bff_service service;
    struct service_settings settings;
    struct service_endpoint endpoint;
    struct upstream *upstream;
    size_t body_limit;
    size_t calls;           /* started and not ended */
    bool is_looked_up;      /* the host's name was looked up */
    h2o_linklist_t waiting; /* calls, until then */
};

static char *string_of(struct text text)
{
    char *string = memory_new(text.len + 1);

    memcpy(string, text.at, text.len);
    return string;
}

/* The URL. */

/* Returns where path and query of ${url} begin: at the first '/' or '?' after "scheme://". */
static size_t target_at(struct text url)
{
    const char *authority = memmem(url.at, url.len, "://", 3);
    size_t at = authority == NULL ? 0 : (size_t)(authority - url.at) + 3;

    while (at < url.len && url.at[at] != '/' && url.at[at] != '?')
        at++;
    return at;
}

static bool is_target(struct text target)
{
    for (size_t i = 0; i < target.len; i++)
        if (target.at[i] <= ' ' || target.at[i] == '#' || target.at[i] > '~')
            return false;
    return true;
}

static const char *read_url(struct text url, struct service_endpoint *out)
{
    size_t at = target_at(url);
    char *origin = string_of((struct text){url.at, at});
    const char *wrong = service_endpoint_read(origin, out);

    memory_free(origin);
    return wrong;
}

const char *outside_check_url(struct text url)
{
    struct service_endpoint endpoint = {0};
    size_t at = target_at(url);
    const char *wrong = read_url(url, &endpoint);

    service_endpoint_free(&endpoint);
    if (wrong == NULL && !is_target((struct text){url.at + at, url.len - at}))
        wrong = "its path has a blank, a '#' or a byte that must be percent-encoded";
    return wrong;
}

static struct text target_of(struct text url)
{
    size_t at = target_at(url);

    if (at == url.len)
        return TEXT("/");
    return (struct text){url.at + at, url.len - at};
}

/* Life. */

static void begin(struct outside_call *call);

/* The host's name was looked up, with success or without: the calls that wait can be made. */
static void on_resolved(void *cookie)
{
    struct outside *outside = cookie;

    outside->is_looked_up = true;
    while (!h2o_linklist_is_empty(&outside->waiting)) {
        struct outside_call *call =
            H2O_STRUCT_FROM_MEMBER(struct outside_call, link, outside->waiting.next);
        h2o_linklist_unlink(&call->link);
        begin(call);
    }
}

static void set_service(struct outside *outside, const struct outside_settings *settings)
{
    outside->service = (struct bff_service){.name = outside->name};
    outside->settings = (struct service_settings){
        .service = &outside->service,
        .endpoints = &outside->endpoint,
        .endpoint_count = 1,
        .connect_ms = settings->timeout_ms,
        .first_byte_ms = settings->timeout_ms,
        .total_ms = settings->timeout_ms,
        .trust = settings->trust,
    };
}

struct outside *outside_new(struct endpoints *endpoints, const struct outside_settings *settings)
{
    struct outside *outside = memory_new(sizeof(*outside));
    uint32_t resolve_ms = endpoints->resolve_ms > 0 ? endpoints->resolve_ms : RESOLVE_MS;

    outside->name = string_of(settings->name);
    outside->url = (struct text){string_of(settings->url), settings->url.len};
    outside->target = target_of(outside->url);
    outside->body_limit = settings->body_limit;
    h2o_linklist_init_anchor(&outside->waiting);
    must(read_url(outside->url, &outside->endpoint) == NULL);
    must(!outside->endpoint.is_tls || settings->trust != NULL);
    set_service(outside, settings);
    outside->upstream = upstream_new(endpoints, &outside->settings, 1);
    upstream_start(outside->upstream, resolve_ms, on_resolved, outside);
    return outside;
}

void outside_free(struct outside *outside)
{
    if (outside == NULL)
        return;
    must(outside->calls == 0 && outside->upstream->calls == 0);
    upstream_free(outside->upstream);
    service_endpoint_free(&outside->endpoint);
    memory_free((char *)outside->url.at);
    memory_free(outside->name);
    memory_free(outside);
}

struct text outside_url(const struct outside *outside) { return outside->url; }

/* Calls. */

static void on_fetched(struct fetch *fetch, void *cookie)
{
    struct outside_call *call = cookie;

    call->done(call, call->cookie);
}

static void begin(struct outside_call *call)
{
    fetch_start(&call->fetch, call->outside->upstream, &call->ask, on_fetched, call);
}

static struct text lines_of(const struct outside_ask *ask, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 128);
    text_builder_field(&out, TEXT("accept"),
                       ask->type.at == NULL ? TEXT("application/json") : ask->type);
    text_builder_add(&out, TEXT("accept-encoding: identity\r\n"));
    if (ask->type.at != NULL)
        text_builder_field(&out, TEXT("content-type"), ask->type);
    text_builder_add(&out, ask->headers);
    if (ask->method.at != NULL)
        text_builder_field(&out, TEXT("content-length"), pool_print(pool, "%zu", ask->body.len));
    return text_builder_text(&out);
}

static struct text copy(struct pool *pool, struct text text)
{
    return text.at == NULL ? text : pool_text(pool, text);
}

void outside_start(struct outside *outside, struct outside_call *call,
                   const struct outside_ask *ask,
                   void (*done)(struct outside_call *call, void *cookie), void *cookie)
{
    must(call->outside == NULL);
    outside->calls++;
    call->outside = outside;
    call->done = done;
    call->cookie = cookie;
    call->pool = pool_new();
    call->ask = (struct fetch_ask){
        .service = &outside->service,
        .method = copy(call->pool, ask->method),
        .target = ask->path.at == NULL ? outside->target : copy(call->pool, ask->path),
        .headers = lines_of(ask, call->pool),
        .body = copy(call->pool, ask->body),
        .body_limit = outside->body_limit,
        .depth_limit = DEPTH_MAX,
        .takes_failures = true,
        .takes_any = ask->type.at != NULL,
        .keep_slices = ask->type.at == NULL,
        .head = ask->head,
        .head_cookie = ask->head_cookie,
    };
    if (outside->is_looked_up)
        begin(call);
    else
        h2o_linklist_insert(&outside->waiting, &call->link);
}

void outside_end(struct outside_call *call)
{
    if (call->outside == NULL)
        return;
    if (h2o_linklist_is_linked(&call->link))
        h2o_linklist_unlink(&call->link);
    else
        fetch_release(&call->fetch);
    call->outside->calls--;
    call->outside = NULL;
    pool_free(call->pool);
}
