/* See key_source_fetch.h. */
#include <stdio.h>

#include "bff/base/check.h"

#include "bff/token/key_source_fetch.h"

void key_source_fetch_init(struct key_source_fetch *fetch, struct endpoints *endpoints,
                           const struct key_source_settings *settings, struct text name,
                           void (*done)(struct key_source_fetch *fetch,
                                        const struct key_source_answer *answer))
{
    *fetch = (struct key_source_fetch){
        .endpoints = endpoints, .settings = settings, .name = name, .done = done};
}

static struct outside *outside_of(const struct key_source_fetch *fetch, struct text url)
{
    return outside_new(fetch->endpoints, &(struct outside_settings){
                                             .name = fetch->name,
                                             .url = url,
                                             .trust = fetch->settings->trust,
                                             .timeout_ms = fetch->settings->timeout_ms,
                                             .body_limit = KEY_SET_BYTES_MAX,
                                         });
}

/* What has come by a call. Only 200 with a body is good: no redirect is followed. */
static struct key_source_answer answer_of(const struct outside_call *call)
{
    const struct fetch *got = &call->fetch;
    struct key_source_answer answer = {.reason = got->reason, .status = got->status};

    if (got->reason != REASON_NONE)
        return answer;
    if (got->status != 200)
        answer.reason = REASON_STATUS;
    else if (got->value == NULL)
        answer.reason = REASON_BAD_JSON;
    else
        answer.json = got->value->text;
    return answer;
}

/* The key set. */

static void on_set(struct outside_call *call, void *cookie)
{
    struct key_source_fetch *fetch = cookie;
    struct key_source_answer answer = answer_of(call);

    fetch->done(fetch, &answer);
}

static void ask_set(struct key_source_fetch *fetch, struct text url)
{
    if (fetch->set != NULL && !text_equal(outside_url(fetch->set), url)) {
        outside_free(fetch->set);
        fetch->set = NULL;
    }
    if (fetch->set == NULL)
        fetch->set = outside_of(fetch, url);
    outside_start(fetch->set, &fetch->set_call, &(struct outside_ask){0}, on_set, fetch);
}

/* The discovery document. */

/* Returns NULL, or what is wrong with the document. */
static const char *read_document(struct key_source_fetch *fetch, struct text json,
                                 struct pool *pool, struct text *url)
{
    struct discovery found;

    if (discovery_read(json, fetch->settings->url, pool, &found, fetch->wrong) != 0)
        return fetch->wrong;
    *url = found.jwks_uri;
    if (text_starts(*url, TEXT("https:")) && fetch->settings->trust == NULL)
        return "its jwks_uri is https, and no certificate authorities are loaded";
    return NULL;
}

static void on_document(struct outside_call *call, void *cookie)
{
    struct key_source_fetch *fetch = cookie;
    struct key_source_answer answer = answer_of(call);
    struct pool *pool = pool_new();
    struct text url = {0};

    if (answer.reason == REASON_NONE)
        answer.words = read_document(fetch, answer.json, pool, &url);
    if (answer.words != NULL)
        answer.reason = REASON_BAD_JSON;
    if (answer.reason == REASON_NONE)
        ask_set(fetch, url);
    else
        fetch->done(fetch, &answer);
    pool_free(pool);
}

static void ask_document(struct key_source_fetch *fetch)
{
    struct pool *pool = pool_new();

    if (fetch->document == NULL)
        fetch->document = outside_of(fetch, discovery_url(fetch->settings->url, pool));
    outside_start(fetch->document, &fetch->document_call, &(struct outside_ask){0}, on_document,
                  fetch);
    pool_free(pool);
}

static void end_calls(struct key_source_fetch *fetch)
{
    outside_end(&fetch->document_call);
    outside_end(&fetch->set_call);
}

void key_source_fetch_start(struct key_source_fetch *fetch)
{
    end_calls(fetch); /* the answers of the last fetch */
    if (fetch->settings->is_discovery)
        ask_document(fetch);
    else
        ask_set(fetch, fetch->settings->url);
}

void key_source_fetch_dispose(struct key_source_fetch *fetch)
{
    end_calls(fetch);
    outside_free(fetch->document);
    outside_free(fetch->set);
    *fetch = (struct key_source_fetch){0};
}
