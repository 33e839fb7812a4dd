/* See page_errand.h. */
#include <stddef.h>

#include "bff/base/check.h"
#include "bff/compose/page_errand.h"
#include "bff/compose/run_calls.h"
#include "bff/edge/api_key.h"
#include "bff/http/worker_settings.h"

/* Copies. An absent text stays absent. */

static struct text copy(struct pool *pool, struct text text)
{
    return text.at == NULL ? text : pool_text(pool, text);
}

static const struct api_key *copy_key(struct pool *pool, const struct api_key *key)
{
    struct api_key *own;

    if (key == NULL)
        return NULL;
    own = pool_take(pool, sizeof(*own));
    *own = *key;
    own->name = copy(pool, key->name);
    own->user = copy(pool, key->user);
    own->roles = copy(pool, key->roles);
    own->scopes = copy(pool, key->scopes);
    return own;
}

/* The names in the caller are those of the settings, which stay. */
static const struct caller *copy_caller(struct pool *pool, const struct caller *caller)
{
    struct caller *own = pool_take(pool, sizeof(*own));

    *own = *caller;
    own->user.id = copy(pool, caller->user.id);
    own->user.roles = copy(pool, caller->user.roles);
    own->user.scopes = copy(pool, caller->user.scopes);
    own->session = copy(pool, caller->session);
    own->key = copy_key(pool, caller->key);
    own->authorization = copy(pool, caller->authorization);
    own->cookies = copy(pool, caller->cookies);
    own->fields = copy(pool, caller->fields);
    own->certificate.subject = copy(pool, caller->certificate.subject);
    own->certificate.fingerprint = copy(pool, caller->certificate.fingerprint);
    return own;
}

static const struct text *copy_params(struct pool *pool, const struct page_ask *ask)
{
    size_t count = ask->plan->param_count;
    struct text *own = pool_take(pool, (count + 1) * sizeof(*own));

    for (size_t i = 0; i < count; i++)
        own[i] = copy(pool, ask->params[i]);
    return own;
}

static void copy_fields(struct page_serving *serving, const struct request *request)
{
    size_t count = request_field_count(request);
    struct request_field *own = pool_take(serving->pool, (count + 1) * sizeof(*own));

    for (size_t i = 0; i < count; i++) {
        struct request_field field = request_field(request, i);
        own[i].name = pool_text(serving->pool, field.name);
        own[i].value = pool_text(serving->pool, field.value);
    }
    serving->fields = own;
    serving->field_count = count;
}

/* The query has been read before, so it is good. */
static void read_query(struct pool *pool, const struct request *request, const struct plan *plan,
                       struct page_query *query)
{
    struct page_query_fault fault;

    must(page_query_read(pool, plan, copy(pool, request->query), query, &fault));
}

/* The log says which changes are not known to be made. */
static void on_cut(struct errand *errand)
{
    struct page_serving *serving =
        (struct page_serving *)(void *)((char *)errand - offsetof(struct page_serving, errand));

    run_cancel(serving->run);
}

struct page_serving *page_errand_new(struct request *request, const struct page_ask *ask,
                                     struct page_query *query)
{
    struct pool *pool = pool_new();
    struct page_serving *serving = pool_zero(pool, sizeof(*serving));

    serving->pool = pool;
    serving->ask = *ask;
    serving->ask.params = copy_params(pool, ask);
    serving->ask.caller = copy_caller(pool, ask->caller);
    if (ask->input.at != NULL)
        serving->ask.input = json_of(pool_text(pool, json_raw(ask->input)));
    serving->errand.cut = on_cut;
    serving->errand.bytes = ask->input.at == NULL ? 0 : json_raw(ask->input).len;
    serving->request = request;
    serving->id = pool_text(pool, request->id);
    serving->traceparent = copy(pool, request->traceparent);
    serving->settings = worker_settings_hold(request->settings);
    serving->holds = 1;
    copy_fields(serving, request);
    read_query(pool, request, ask->plan, query);
    return serving;
}

struct text page_errand_header(const struct page_serving *serving, const char *name)
{
    for (size_t i = 0; i < serving->field_count; i++)
        if (text_equal_nocase(serving->fields[i].name, text_of(name)))
            return serving->fields[i].value;
    return (struct text){0};
}

bool page_errand_begin(struct page_serving *serving)
{
    const struct run *run = serving->run;

    if (serving->settings == NULL || run == NULL || run->is_over || !run_calls_have_changed(run) ||
        !errand_begin(&serving->errand, serving->request, false))
        return false;
    serving->request = NULL;
    serving->holds++;
    return true;
}

void page_errand_end(struct page_serving *serving)
{
    errand_end(&serving->errand);
    page_errand_release(serving);
}

void page_errand_release(struct page_serving *serving)
{
    struct worker_settings *settings = serving->settings;

    if (settings == NULL)
        return;
    must(serving->holds > 0);
    if (--serving->holds > 0)
        return;
    pool_free(serving->pool);
    worker_settings_release(settings);
}
