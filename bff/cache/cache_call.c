/* See cache_call.h. */
#include "bff/base/clock.h"
#include "bff/base/text_builder.h"
#include "bff/cache/cache_call.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_validators.h"

#define STATUS_NOT_MODIFIED 304

/* The request. */

/* The call of a part has no directives for a cache and no conditions of a client. */
static struct text no_field(void *cookie, const char *name) { return (struct text){0}; }

static struct cache_request request_of(const struct cache_call *call)
{
    return (struct cache_request){
        .method = TEXT("GET"),
        .field = no_field,
        .has_user = !call->rule->is_shared,
    };
}

static struct text copy(struct cache_call *call, struct text text)
{
    return text.at == NULL ? text : pool_text(call->pool, text);
}

/* The conditions come last, so that they can be cut off. */
static void add_conditions(struct cache_call *call)
{
    struct text_builder out;

    text_builder_init(&out, call->pool, call->plain_len + 256);
    text_builder_add(&out, call->ask.headers);
    cache_validators_ask(&out, call->old);
    call->ask.headers = text_builder_text(&out);
    call->has_conditions = true;
}

/* The answer. */

static void keep_head(struct cache_call *call, const struct exchange_head *head)
{
    call->head = pool_new();
    call->fields = pool_take(call->head, (head->field_count + 1) * sizeof(*call->fields));
    for (size_t i = 0; i < head->field_count; i++)
        if (cache_policy_keeps(head, head->fields[i].name))
            call->fields[call->field_count++] = (struct exchange_field){
                .name = pool_text(call->head, head->fields[i].name),
                .value = pool_text(call->head, head->fields[i].value),
            };
}

static void on_head(void *cookie, const struct exchange_head *head)
{
    struct cache_call *call = cookie;
    struct cache_request request = request_of(call);

    if (call->has_conditions && head->status == STATUS_NOT_MODIFIED)
        call->updated = cache_policy_update(call->old, head);
    call->may_store = cache_policy_may_store(call->rule, &request, head);
    if (call->may_store)
        keep_head(call, head);
}

struct text cache_call_path(const struct cache_call *call)
{
    struct text rest = call->ask.target;

    return text_cut(&rest, '?');
}

static struct cache_entry *stamped(struct cache_call *call, struct cache_entry *entry)
{
    cache_policy_set_times(call->rule, entry, call->asked_ns, clock_now_ns(), clock_wall_ms());
    return entry;
}

/* The entry of an answer that was fetched. */
static struct cache_entry *new_entry(struct cache_call *call)
{
    struct value *value = call->fetch.value;
    struct cache_entry_parts parts = {
        .status = call->fetch.status,
        .fields = call->fields,
        .field_count = call->field_count,
        .body = value == NULL ? NULL : value_hold(value),
        .path = cache_call_path(call),
    };

    return stamped(call, cache_entry_new(&parts));
}

static void take_answer(struct cache_call *call)
{
    const struct value *value = call->fetch.value;
    bool is_short = value == NULL || value->text.len <= call->rule->max_body;
    bool is_empty = value == NULL && call->fetch.status != 204;

    call->is_private = !call->may_store && value != NULL;
    if (call->may_store && is_short && !is_empty)
        call->entry = new_entry(call);
}

/* The service has said that the old entry is good. The 304 may forbid to store it any longer. */
static void take_old_answer(struct cache_call *call)
{
    struct cache_request request = request_of(call);
    struct cache_entry *entry = call->updated;

    call->updated = NULL;
    call->outcome = (struct fetch_outcome){.status = entry->status, .value = entry->body};
    call->entry = stamped(call, entry);
    call->is_private = !cache_policy_may_keep(call->rule, &request, entry);
}

static void forget(struct cache_call *call)
{
    cache_entry_release(call->entry);
    cache_entry_release(call->updated);
    call->entry = call->updated = NULL;
    pool_free(call->head);
    call->head = NULL;
    call->field_count = 0;
    call->may_store = call->is_private = false;
}

static void on_fetched(struct fetch *fetch, void *cookie);

static void ask(struct cache_call *call)
{
    fetch_release(&call->fetch);
    forget(call);
    call->asked_ns = clock_now_ns();
    fetch_start(&call->fetch, call->upstream, &call->ask, on_fetched, call);
}

/* The 304 was about another answer than ours. */
static void ask_without_conditions(struct cache_call *call)
{
    call->has_conditions = false;
    call->ask.headers.len = call->plain_len;
    ask(call);
}

static void on_fetched(struct fetch *fetch, void *cookie)
{
    struct cache_call *call = cookie;
    bool is_not_modified = call->has_conditions && fetch->status == STATUS_NOT_MODIFIED;

    if (is_not_modified && call->updated == NULL) {
        ask_without_conditions(call);
        return;
    }
    call->outcome =
        (struct fetch_outcome){fetch->reason, fetch->status, fetch->retry_after_s, fetch->value};
    if (fetch->reason == REASON_NONE)
        take_answer(call);
    else if (is_not_modified)
        take_old_answer(call);
    call->done(call, call->cookie);
}

/* Begin and end. */

void cache_call_init(struct cache_call *call, const struct fetch_ask *from,
                     const struct cache_rule *rule)
{
    call->pool = pool_new();
    call->rule = rule;
    call->ask = *from;
    call->ask.key = copy(call, from->key);
    call->ask.target = copy(call, from->target);
    call->ask.traceparent = copy(call, from->traceparent);
    call->ask.headers = copy(call, from->headers);
    call->ask.caller = rule->is_shared ? (struct text){0} : copy(call, from->caller);
    call->plain_len = from->headers.len;
    call->ask.until_ns = 0;
    call->ask.keep_slices = true;
    call->ask.head = on_head;
    call->ask.head_cookie = call;
}

void cache_call_set_old(struct cache_call *call, struct cache_entry *old)
{
    if (call->old != NULL || old == NULL)
        return;
    call->old = cache_entry_hold(old);
    if (old->body != NULL && cache_validators_exist(old))
        add_conditions(call);
}

void cache_call_forget_old(struct cache_call *call)
{
    cache_entry_release(call->old);
    call->old = NULL;
    call->has_conditions = false;
    call->ask.headers.len = call->plain_len;
}

void cache_call_start(struct cache_call *call, struct upstream *upstream, cache_call_done done,
                      void *cookie)
{
    call->upstream = upstream;
    call->done = done;
    call->cookie = cookie;
    ask(call);
}

void cache_call_end(struct cache_call *call, bool is_slow)
{
    if (is_slow)
        fetch_time_over(&call->fetch);
    else
        fetch_release(&call->fetch);
    forget(call);
    cache_entry_release(call->old);
    pool_free(call->pool);
}
