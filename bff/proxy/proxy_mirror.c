/* See proxy_mirror.h. */
#include "bff/base/memory.h"
#include "bff/edge/balance_key.h"
#include "bff/http/errand.h"

#include "bff/proxy/proxy_mirror.h"

#define ANSWER_MAX ((uint64_t)1024 * 1024) /* of a longer answer, the rest is not read */

/* A copy under way. The settings hold the generation, which holds the counts. */
struct copy {
    struct worker_settings *settings;
    struct plain_mirror_state *state;
    struct pool *texts; /* what the call borrows */
    struct call_ask ask;
    struct call call;
    struct errand errand;
    uint64_t received;
};

/* From the service. Its answer is read, so that its connection can be used again. */

static int on_head(void *cookie, const struct exchange_head *head, enum reason *why) { return 0; }

static int on_body(void *cookie, const char *bytes, size_t len, enum reason *why)
{
    struct copy *copy = cookie;

    copy->received += len;
    if (copy->received <= ANSWER_MAX)
        return 0;
    *why = REASON_TOO_LARGE;
    return -1;
}

static void on_end(void *cookie, enum reason reason)
{
    struct copy *copy = cookie;
    struct worker_settings *settings = copy->settings;

    plain_mirror_end(copy->state);
    errand_end(&copy->errand);
    pool_free(copy->texts);
    memory_free(copy);
    worker_settings_release(settings);
}

static const struct exchange_sink sink = {.head = on_head, .body = on_body, .end = on_end};

/* The call. */

static void own_texts(struct copy *copy)
{
    struct call_ask *ask = &copy->ask;
    struct text *texts[] = {&ask->key,     &ask->method, &ask->target,      &ask->host,
                            &ask->headers, &ask->caller, &ask->traceparent, &ask->body};

    copy->texts = pool_new();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i]->at != NULL)
            *texts[i] = pool_text(copy->texts, *texts[i]);
}

/* No retry, no hedge, no breaker of the route, and no limits but those of the mirror's service. */
static void describe_copy(const struct proxy_passing *passing,
                          void (*describe)(struct proxy_passing *passing), struct call_ask *out)
{
    struct proxy_passing shadow = {.request = passing->request, .ask = passing->ask};

    shadow.fill = passing->fill;
    shadow.ask.route = passing->ask.route->mirror.route;
    describe(&shadow);
    *out = shadow.call_ask;
    out->head_by_ns = 0;
    out->may_repeat = false;
    out->hedge = NULL;
    out->breaker = NULL;
    out->first_byte_ms = 0;
    out->idle_ms = 0;
}

static bool may_copy(const struct proxy_passing *passing)
{
    return !passing->call_ask.wants_upgrade && !passing->request->worker->is_draining;
}

struct text proxy_mirror(const struct proxy_passing *passing,
                         void (*describe)(struct proxy_passing *passing))
{
    const struct plain_mirror *mirror = &passing->ask.route->mirror;
    struct copy *copy;

    if (mirror->service == NULL || !may_copy(passing))
        return (struct text){0};
    switch (plain_mirror_begin(mirror, passing->call_ask.method, passing->call_ask.body.len)) {
    case PLAIN_MIRROR_NOT_DUE:
        return (struct text){0};
    case PLAIN_MIRROR_DROP:
        return TEXT("dropped");
    case PLAIN_MIRROR_SEND:
        break;
    }
    copy = memory_new(sizeof(*copy));
    if (!errand_begin(&copy->errand, passing->request, false)) {
        plain_mirror_end(mirror->state);
        memory_free(copy);
        return TEXT("dropped");
    }
    copy->state = mirror->state;
    copy->settings = worker_settings_hold(passing->settings);
    describe_copy(passing, describe, &copy->ask);
    own_texts(copy);
    call_start(&copy->call, passing->ask.upstream, &copy->ask, &sink, copy);
    return TEXT("sent");
}
