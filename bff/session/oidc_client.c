/* See oidc_client.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/memory.h"

#include "bff/session/oidc_client.h"

#define TOKEN_BYTES_MAX ((size_t)64 * 1024)

/* The defaults of login.jwks. */
#define KEYS_REFRESH_MS (10 * 60 * 1000)
#define KEYS_PAUSE_MS (30 * 1000)
#define KEYS_STALE_MS (24 * 3600 * 1000)

/* A document that was fetched. */
struct known {
    struct published_object object;
    struct pool *pool;
    struct discovery discovery;
    int64_t fetched_ns;
};

/* An object of the registry, by the issuer. */
struct oidc_state {
    struct published published;
    _Atomic int64_t tried_ns;  /* when a worker began the last fetch */
    const char *_Atomic fault; /* of the last call; NULL: none */
    struct log_pace pace;
};

static void init_state(void *object, struct text name)
{
    (void)name;
    published_init(&((struct oidc_state *)object)->published);
}

static void dispose_state(void *object)
{
    published_dispose(&((struct oidc_state *)object)->published);
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct oidc_state),
    .init = init_state,
    .dispose = dispose_state,
};

static void dispose_known(struct published_object *object)
{
    struct known *known = H2O_STRUCT_FROM_MEMBER(struct known, object, object);

    pool_free(known->pool);
    memory_free(known);
}

/* Who waits. */

/* A callback may call oidc_client_known, which can find a newer document of another worker and free
 * the one before. So each wait gets the result of a call of its own. */
static void tell(struct oidc_client *client)
{
    while (!h2o_linklist_is_empty(&client->waiting)) {
        struct oidc_client_wait *wait =
            H2O_STRUCT_FROM_MEMBER(struct oidc_client_wait, link, client->waiting.next);
        h2o_linklist_unlink(&wait->link);
        wait->done(wait, oidc_client_known(client));
    }
}

static void on_soon(struct timer *timer)
{
    struct oidc_client *client = H2O_STRUCT_FROM_MEMBER(struct oidc_client, soon, timer);

    tell(client);
}

/* The document. */

static bool is_https(struct text url) { return text_starts(url, TEXT("https://")); }

/* The provider's endpoints get codes and secrets: a document from https must not lead to http, and
 * without a trust this server cannot ask https. */
static bool is_endpoint(const struct oidc_client *client, struct text url)
{
    return url.at != NULL && (is_https(url) || !is_https(client->settings->issuer)) &&
           (!is_https(url) || client->settings->trust != NULL);
}

/* Returns NULL, or a word for the log. ${why} then says more, or is "". */
static const char *read_document(struct oidc_client *client, struct known *known,
                                 char why[DISCOVERY_WRONG_SIZE])
{
    const struct fetch *fetch = &client->fetch.fetch;
    struct discovery *out = &known->discovery;

    why[0] = '\0';
    if (fetch->reason != REASON_NONE)
        return reason_name(fetch->reason);
    if (fetch->status != 200 || fetch->value == NULL)
        return reason_name(REASON_STATUS);
    if (discovery_read(fetch->value->text, client->settings->issuer, known->pool, out, why) != 0)
        return "document";
    if (!is_endpoint(client, out->authorization_endpoint) ||
        !is_endpoint(client, out->token_endpoint) ||
        (out->end_session_endpoint.at != NULL && !is_endpoint(client, out->end_session_endpoint)))
        return "endpoints";
    return NULL;
}

void oidc_client_note(struct oidc_client *client, const char *fault)
{
    atomic_store(&client->state->fault, fault);
}

const char *oidc_client_fault(struct registry *registry, struct text issuer)
{
    struct oidc_state *state = registry_hold(registry, &kind, issuer);
    const char *fault = atomic_load(&state->fault);

    registry_release(state);
    return fault;
}

static void log_failure(struct oidc_client *client, const char *fault, int status, const char *why)
{
    if (log_pace_is_due(&client->state->pace))
        log_event("oidc_unavailable", (struct log_field[]){
                                          {"provider", .text = client->settings->name},
                                          {"reason", .text = text_of(fault)},
                                          {"status", .number = status},
                                          {"why", .text = text_of(why)},
                                          {0},
                                      });
}

static void on_document(struct outside_call *call, void *cookie)
{
    struct oidc_client *client = cookie;
    struct known *known = memory_new(sizeof(*known));
    char why[DISCOVERY_WRONG_SIZE];

    published_object_init(&known->object, dispose_known);
    known->pool = pool_new();
    known->fetched_ns = clock_now_ns();
    const char *fault = read_document(client, known, why);
    int status = call->fetch.status;
    outside_end(call);
    oidc_client_note(client, fault);
    if (fault == NULL) {
        published_set(&client->state->published, &known->object);
    } else {
        published_object_release(&known->object);
        log_failure(client, fault, status, why);
    }
    tell(client);
}

static struct outside *new_outside(const struct oidc_client *client, struct text url, size_t bytes)
{
    return outside_new(client->endpoints, &(struct outside_settings){
                                              .name = client->settings->name,
                                              .url = url,
                                              .trust = client->settings->trust,
                                              .timeout_ms = client->settings->timeout_ms,
                                              .body_limit = bytes,
                                          });
}

static void fetch(struct oidc_client *client)
{
    struct pool *pool = pool_new();

    if (client->discovery == NULL)
        client->discovery =
            new_outside(client, discovery_url(client->settings->issuer, pool), DISCOVERY_BYTES_MAX);
    pool_free(pool);
    client->tried_ns = clock_now_ns();
    outside_start(client->discovery, &client->fetch, &(struct outside_ask){0}, on_document, client);
}

static bool is_fetching(const struct oidc_client *client) { return client->fetch.outside != NULL; }

/* One worker of the process makes the look, and none does it soon after another. */
static void look_again(struct oidc_client *client, int64_t fetched_ns)
{
    int64_t now = clock_now_ns(), tried = atomic_load(&client->state->tried_ns);

    if (now - fetched_ns < OIDC_CLIENT_FRESH_S * CLOCK_S ||
        (tried != 0 && now - tried < OIDC_CLIENT_RETRY_S * CLOCK_S) || is_fetching(client))
        return;
    if (atomic_compare_exchange_strong(&client->state->tried_ns, &tried, now))
        fetch(client);
}

const struct discovery *oidc_client_known(struct oidc_client *client)
{
    struct published_object *object = published_look(&client->state->published, &client->view);

    if (object == NULL)
        return NULL;
    struct known *known = H2O_STRUCT_FROM_MEMBER(struct known, object, object);
    look_again(client, known->fetched_ns);
    return &known->discovery;
}

void oidc_client_wait(struct oidc_client *client, struct oidc_client_wait *wait)
{
    int64_t now = clock_now_ns();

    h2o_linklist_insert(&client->waiting, &wait->link);
    if (is_fetching(client))
        return;
    if (client->tried_ns != 0 && now - client->tried_ns < OIDC_CLIENT_PAUSE_S * CLOCK_S)
        timer_set(client->endpoints->on.timers, &client->soon, now);
    else
        fetch(client);
}

void oidc_client_wait_end(struct oidc_client_wait *wait)
{
    if (h2o_linklist_is_linked(&wait->link))
        h2o_linklist_unlink(&wait->link);
}

/* The token endpoint. */

static void retire(struct oidc_client *client)
{
    client->old = memory_grow(client->old, (client->old_count + 1) * sizeof(struct outside *));
    client->old[client->old_count++] = client->token;
    client->token = NULL;
}

struct outside *oidc_client_token(struct oidc_client *client, const struct discovery *known)
{
    if (client->token != NULL && !text_equal(outside_url(client->token), known->token_endpoint))
        retire(client);
    if (client->token == NULL)
        client->token = new_outside(client, known->token_endpoint, TOKEN_BYTES_MAX);
    return client->token;
}

/* Life. */

/* The keys are those of the discovery document, which is fetched for them again: so a new URL of
 * the key set is followed. */
static void hold_keys(struct oidc_client *client, struct registry *registry)
{
    client->key_settings = (struct key_source_settings){
        .url = client->settings->issuer,
        .is_discovery = true,
        .refresh_ms = KEYS_REFRESH_MS,
        .min_interval_ms = KEYS_PAUSE_MS,
        .timeout_ms = client->settings->timeout_ms,
        .stale_ms = KEYS_STALE_MS,
        .ca_file = client->settings->ca_file,
        .trust = client->settings->trust,
    };
    client->key_source = key_source_hold(registry, client->settings->name, &client->key_settings,
                                         OIDC_CLIENT_ALGORITHMS);
    client->keys =
        key_source_worker_new(client->key_source, &client->key_settings, client->endpoints);
}

struct oidc_client *oidc_client_new(const struct session_provider_settings *settings,
                                    struct endpoints *endpoints, struct registry *registry)
{
    struct oidc_client *client = memory_new(sizeof(*client));

    client->settings = settings;
    client->endpoints = endpoints;
    client->soon.fire = on_soon;
    client->state = registry_hold(registry, &kind, settings->issuer);
    h2o_linklist_init_anchor(&client->waiting);
    hold_keys(client, registry);
    return client;
}

void oidc_client_free(struct oidc_client *client)
{
    must(h2o_linklist_is_empty(&client->waiting));
    timer_clear(client->endpoints->on.timers, &client->soon);
    key_source_worker_free(client->keys);
    key_source_release(client->key_source);
    outside_end(&client->fetch);
    outside_free(client->discovery);
    outside_free(client->token);
    for (size_t i = 0; i < client->old_count; i++)
        outside_free(client->old[i]);
    memory_free(client->old);
    published_unsee(&client->view);
    registry_release(client->state);
    memory_free(client);
}
