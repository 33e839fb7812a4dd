/* See api_keys_worker.h. */
#include <h2o.h>

#include "bff/base/memory.h"
#include "bff/base/sha256.h"
#include "bff/base/text_builder.h"
#include "bff/edge/api_keys_call.h"
#include "bff/edge/api_keys_file.h"
#include "bff/edge/api_keys_redis.h"
#include "bff/edge/api_keys_service.h"
#include "bff/edge/api_keys_worker.h"
#include "bff/upstream/service.h"

struct api_keys_worker {
    struct api_keys_worker_parts parts;
    struct published_view view; /* of the file */
    h2o_linklist_t calls;       /* struct api_keys_call */
};

struct api_keys_worker *api_keys_worker_new(const struct api_keys_worker_parts *parts)
{
    struct api_keys_worker *worker = memory_new(sizeof(*worker));

    worker->parts = *parts;
    h2o_linklist_init_anchor(&worker->calls);
    return worker;
}

void api_keys_worker_free(struct api_keys_worker *worker)
{
    if (worker == NULL)
        return;
    while (!h2o_linklist_is_empty(&worker->calls))
        api_keys_call_drop(H2O_STRUCT_FROM_MEMBER(struct api_keys_call, link, worker->calls.next));
    published_unsee(&worker->view);
    memory_free(worker);
}

const struct api_keys_shared *api_keys_worker_of(const struct api_keys_worker *worker)
{
    return worker->parts.keys;
}

/* The view may drop the file in its next look, so the request gets a copy. */
static enum api_keys_state find_in_file(struct api_keys_worker *worker, struct api_keys_ask *ask)
{
    const struct published_object *object =
        published_look(&worker->parts.keys->file, &worker->view);
    const struct api_key *key =
        object == NULL ? NULL : api_keys_file_find(api_keys_file_of(object), ask->digest);

    if (key == NULL)
        return API_KEYS_UNKNOWN;
    ask->key = api_key_copy(key, ask->pool);
    return API_KEYS_KNOWN;
}

/* Redis and services. */

static void on_lead(struct verdict_ask *verdict, struct verdict_lead *lead)
{
    const struct api_keys_ask *ask = verdict->cookie;
    struct api_keys_worker *worker = ask->worker;
    const struct api_keys_settings *settings = worker->parts.keys->settings;

    if (settings->source == API_KEYS_REDIS)
        api_keys_redis_start(&worker->calls, worker->parts.redis, settings, ask->digest, lead);
    else
        api_keys_service_start(&worker->calls, worker->parts.upstream, settings, ask->digest, lead);
}

/* A verdict may have been made under an older configuration, with other plans. So it is read once
 * more. The request gets a copy: when it ends, the entry may be freed before the line of the log is
 * written. */
static enum api_keys_state judge(struct api_keys_ask *ask, enum verdict_state state)
{
    const struct api_keys_settings *settings = ask->worker->parts.keys->settings;
    const struct cache_entry *entry = ask->verdict->entry;
    struct api_key key;
    const char *wrong;

    if (state == VERDICT_WAITS)
        return API_KEYS_WAITS;
    if (state == VERDICT_FAILED)
        return API_KEYS_AWAY;
    if (!api_keys_call_is_known(entry))
        return API_KEYS_UNKNOWN;
    struct api_key_row row = api_keys_call_row(entry);
    if (api_key_read(&row, settings, ask->pool, &key, &wrong) != API_KEY_GOOD)
        return API_KEYS_UNKNOWN;
    ask->key = api_key_copy(&key, ask->pool);
    return API_KEYS_KNOWN;
}

static void on_done(struct verdict_ask *verdict, enum verdict_state state)
{
    struct api_keys_ask *ask = verdict->cookie;

    ask->done(ask, judge(ask, state));
}

/* The key of a verdict: the digest, and who has been asked. */
static struct text verdict_key(const struct api_keys_ask *ask,
                               const struct api_keys_settings *settings,
                               unsigned char key[VERDICT_KEY_BYTES])
{
    struct text_builder all;

    text_builder_init(&all, ask->pool, 128);
    text_builder_add(&all, TEXT("api_key\n"));
    if (settings->source == API_KEYS_SERVICE) {
        text_builder_add(&all, text_of(settings->service->name));
        text_builder_add(&all, settings->path);
    }
    text_builder_add(&all, TEXT("\n"));
    text_builder_add(&all, (struct text){(const char *)ask->digest, API_KEY_DIGEST});
    sha256_of(text_builder_text(&all), key);
    return (struct text){(const char *)key, VERDICT_KEY_BYTES};
}

static enum api_keys_state ask_verdict(struct api_keys_worker *worker, struct api_keys_ask *ask)
{
    unsigned char key[VERDICT_KEY_BYTES];

    ask->verdict = verdict_ask_new(ask->pool);
    ask->verdict->lead = on_lead;
    ask->verdict->done = on_done;
    ask->verdict->cookie = ask;
    return judge(ask, verdict_ask(ask->verdict, worker->parts.verdicts,
                                  verdict_key(ask, worker->parts.keys->settings, key)));
}

enum api_keys_state api_keys_worker_find(struct api_keys_worker *worker, struct api_keys_ask *ask)
{
    ask->worker = worker;
    api_key_digest(ask->value, ask->digest);
    if (worker->parts.keys->settings->source == API_KEYS_FILE)
        return find_in_file(worker, ask);
    return ask_verdict(worker, ask);
}

void api_keys_worker_leave(struct api_keys_ask *ask)
{
    if (ask->verdict != NULL)
        verdict_leave(ask->verdict);
}
