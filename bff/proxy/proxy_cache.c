/* See proxy_cache.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/cache/cache_key.h"
#include "bff/cache/cache_mark.h"
#include "bff/cache/cache_vary.h"
#include "bff/http/method.h"
#include "bff/observe/route_report.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/proxy/proxy_request.h"

#define LARGE_BYTES ((size_t)16 * 1024) /* a longer body is not sent from a crowded cache */

/* Life. */

void proxy_cache_end_flight(struct proxy_cached *cached)
{
    if (cached->is_leading)
        cache_slot_end(cached->slot, NULL);
    cached->is_leading = false;
}

static void drop(struct proxy_cached *cached)
{
    cache_entry_release(cached->entry);
    proxy_cache_end_flight(cached);
    if (cached->slot != NULL)
        cache_slot_release(cached->slot);
    if (cached->base != NULL)
        cache_slot_release(cached->base);
    cached->entry = NULL;
    cached->slot = cached->base = NULL;
}

/* For an answer from the cache. A call makes the report itself. */
static void report(const struct proxy_cached *cached)
{
    struct request *request = cached->request;
    struct route_report *made;

    if (request->passed != NULL || !proxy_cache_has_answer(cached))
        return;
    made = pool_take(request->pool, sizeof(*made));
    *made = (struct route_report){.service = cached->service, .cache = cached->word};
    request->passed = made;
}

static void dispose(void *object)
{
    struct proxy_cached *cached = object;

    proxy_cache_leave(cached);
    report(cached);
    drop(cached);
}

/* The key. */

/* The service gets a field of the client, unless the route replaces or removes it. */
static struct text sent_field(const struct proxy_cached *cached, const char *name)
{
    if (plain_route_changes(&cached->ask.route->request, text_of(name)))
        return (struct text){0};
    return proxy_cache_asked_field(&cached->asked, name);
}

/* Authorization and Cookie of a signed-in user do not count: the user counts in their place. An API
 * key, or a context of the authorizer, does not replace them: a program may ask for many people
 * with one key. */
static void put_asker(const struct proxy_cached *cached, struct cache_key_parts *parts)
{
    const struct caller *caller = cached->ask.caller;
    struct text distinct = caller_distinct(caller, cached->request->pool);

    if (caller->has_user && !caller->is_user_of_key) {
        parts->user = distinct;
        return;
    }
    parts->caller = distinct;
    parts->authorization = sent_field(cached, "authorization");
    parts->cookie = sent_field(cached, "cookie");
}

static struct text key_of(struct proxy_cached *cached)
{
    struct request *request = cached->request;
    const struct proxy_ask *ask = &cached->ask;
    const struct plain_route *route = ask->route;
    struct cache_key_parts parts = {
        .scope = route->cache_scope,
        .service = cached->service,
        .origin = proxy_request_origin(request, request->pool),
        .host = route->keeps_host ? request->host : (struct text){0},
        .target = plain_route_target(request->pool, route, ask->path, request->query),
        .is_shared = route->cache.is_shared,
    };

    if (route->cache.vary != NULL)
        parts.vary =
            cache_vary_rule_values(request->pool, route->cache.vary, &cached->asked.policy);
    if (!parts.is_shared)
        put_asker(cached, &parts);
    return cache_key_text(request->pool, &parts);
}

struct proxy_cached *proxy_cache_find(struct request *request, const struct proxy_ask *ask)
{
    struct proxy_cached *cached = pool_shared(request->pool, sizeof(*cached), dispose);

    cached->request = request;
    cached->ask = *ask;
    cached->ask.cached = cached;
    cached->worker = ask->cache;
    cached->service = text_of(ask->route->service->name);
    cached->status.name = ask->settings->server;
    proxy_cache_asked_init(&cached->asked, request, ask);
    if (cache_policy_use(&cached->asked.policy) == CACHE_USE)
        cached->key = key_of(cached);
    return cached;
}

/* Looking. */

static void find_slot(struct proxy_cached *cached, struct text key)
{
    cached->slot_key = key;
    cached->slot = cache_find(cached->worker->reader, key);
    cached->seen_flight = cache_slot_flight(cached->slot);
    cached->entry = cache_slot_entry(cached->slot);
}

/* Finds the slot and the entry of the key, or of its variant for this request. */
static void find(struct proxy_cached *cached)
{
    find_slot(cached, cached->key);
    cached->vary = (struct text){0};
    if (cache_mark_names(cached->entry).at == NULL)
        return;
    struct cache_entry *mark = cached->entry;
    cached->base = cached->slot;
    cached->vary = pool_text(cached->request->pool, mark->vary);
    cache_entry_release(mark);
    find_slot(cached, cache_key_variant(cached->request->pool, cached->key,
                                        cache_vary_values(cached->request->pool, cached->vary,
                                                          &cached->asked.policy)));
}

/* Takes a mark "unstored" away, so that only a response is left. */
static void read_mark(struct proxy_cached *cached, int64_t now_ns)
{
    cached->is_unstored = false;
    if (!cache_mark_is(cached->entry))
        return;
    cached->is_unstored = cached->entry->fresh_ns > now_ns;
    cache_entry_release(cached->entry);
    cached->entry = NULL;
}

static void settle(struct proxy_cached *cached, enum proxy_cache_turn turn, struct text word)
{
    cached->turn = turn;
    cached->word = word;
}

static void settle_forward(struct proxy_cached *cached, enum proxy_cache_turn turn, int64_t now_ns)
{
    bool is_fresh = cached->entry != NULL && cached->entry->fresh_ns > now_ns;

    cached->status.forward = is_fresh                ? CACHE_STATUS_REQUEST
                             : cached->entry != NULL ? CACHE_STATUS_STALE
                             : cached->base != NULL  ? CACHE_STATUS_VARY_MISS
                                                     : CACHE_STATUS_URI_MISS;
    settle(cached, turn, TEXT("miss"));
}

static bool is_collapsed(const struct proxy_cached *cached) { return cached->flights > 0; }

/* Returns true when the entry is the answer, perhaps with a call in the background that refreshes
 * it. */
static bool settle_entry(struct proxy_cached *cached, int64_t now_ns)
{
    enum cache_state state;

    if (cached->entry == NULL)
        return false;
    state = cache_policy_state(&cached->asked.policy, cached->entry, now_ns);
    if (state == CACHE_FRESH) {
        cached->status.is_collapsed = is_collapsed(cached);
        cached->status.forward = is_collapsed(cached) ? CACHE_STATUS_MISS : CACHE_STATUS_HIT;
        settle(cached, PROXY_CACHE_ANSWER, is_collapsed(cached) ? TEXT("collapsed") : TEXT("hit"));
        return true;
    }
    if (state == CACHE_STALE) {
        cached->is_leading = cache_slot_lead(cached->slot);
        settle(cached, cached->is_leading ? PROXY_CACHE_REFRESH : PROXY_CACHE_ANSWER,
               TEXT("stale"));
        return true;
    }
    if (cached->is_failed &&
        cache_policy_may_fail_over(&cached->asked.policy, cached->entry, now_ns)) {
        cached->status.forward = CACHE_STATUS_STALE;
        settle(cached, PROXY_CACHE_ANSWER, TEXT("stale"));
        return true;
    }
    return false;
}

/* True when the response to this request could not be stored: it is HEAD; or it has conditions of
 * the client, which are passed on only while the responses for the key cannot be stored. */
static bool cannot_lead(const struct proxy_cached *cached)
{
    return text_is(cached->request->method, "HEAD") ||
           (cached->is_unstored &&
            (proxy_cache_asked_field(&cached->asked, "if-none-match").at != NULL ||
             proxy_cache_asked_field(&cached->asked, "if-modified-since").at != NULL));
}

/* True when waiting for the call of another request would not help: its response would not be the
 * answer. */
static bool need_not_wait(const struct proxy_cached *cached)
{
    const struct cache_entry *entry = cached->entry;

    return cached->is_unstored || cache_slot_is_slow(cached->slot) ||
           cached->flights >= PROXY_CACHE_FLIGHTS ||
           (entry != NULL && entry->fresh_ns <= entry->born_ns);
}

static enum proxy_cache_turn settle_call(struct proxy_cached *cached, int64_t now_ns)
{
    if (cannot_lead(cached)) {
        settle_forward(cached, PROXY_CACHE_ALONE, now_ns);
        return PROXY_CACHE_ALONE;
    }
    cached->is_leading = cache_slot_lead_after(cached->slot, cached->seen_flight);
    if (!cached->is_leading && need_not_wait(cached))
        settle_forward(cached, PROXY_CACHE_ALONE, now_ns);
    else if (!cached->is_leading || proxy_cache_redis_ask(cached, now_ns))
        cached->turn = PROXY_CACHE_WAIT;
    else
        settle_forward(cached, PROXY_CACHE_LEAD, now_ns);
    return cached->turn;
}

/* True when the entry must not be used, because clients keep too much of what was removed. The
 * service's response to this request is streamed, so a slow client keeps little of it. */
static bool is_crowded_out(const struct proxy_cached *cached)
{
    const struct cache_entry *entry = cached->entry;

    return entry != NULL && entry->body != NULL && entry->body->text.len > LARGE_BYTES &&
           cache_is_crowded(cached->worker->cache);
}

static enum proxy_cache_turn settle_crowded_out(struct proxy_cached *cached)
{
    bool wants_no_call = cache_policy_is_only_cached(&cached->asked.policy);

    drop(cached);
    cached->status.forward = CACHE_STATUS_BYPASS;
    settle(cached, wants_no_call ? PROXY_CACHE_NOTHING : PROXY_CACHE_BYPASS, TEXT("bypass"));
    return cached->turn;
}

/* The entry is not validated if it was invalidated while Redis was asked. */
static void forget_changed(struct proxy_cached *cached)
{
    if (cached->entry == NULL || !proxy_cache_has_changed(cached))
        return;
    cache_entry_release(cached->entry);
    cached->entry = NULL;
}

enum proxy_cache_turn proxy_cache_look(struct proxy_cached *cached)
{
    int64_t now_ns = clock_now_ns();

    if (cached->key.at == NULL) {
        cached->status.forward =
            method_is_read(cached->request->method) ? CACHE_STATUS_BYPASS : CACHE_STATUS_METHOD;
        settle(cached, PROXY_CACHE_BYPASS, TEXT("bypass"));
        return cached->turn;
    }
    if (cached->has_nothing) {
        cached->has_nothing = false;
        forget_changed(cached);
        settle_forward(cached, PROXY_CACHE_LEAD, now_ns);
        return cached->turn;
    }
    drop(cached);
    find(cached);
    read_mark(cached, now_ns);
    if (is_crowded_out(cached))
        return settle_crowded_out(cached);
    if (settle_entry(cached, now_ns))
        return cached->turn;
    if (cache_policy_is_only_cached(&cached->asked.policy)) {
        settle_forward(cached, PROXY_CACHE_NOTHING, now_ns);
        return cached->turn;
    }
    return settle_call(cached, now_ns);
}

/* Waiting. */

/* A call that leaves the entry as it was has failed. */
static void on_ended(struct cache_wait *wait)
{
    struct proxy_cached *cached = H2O_STRUCT_FROM_MEMBER(struct proxy_cached, wait, wait);
    struct cache_entry *now = cache_slot_entry(cached->slot);

    cached->is_failed = now == cached->entry;
    cached->flights++;
    cache_entry_release(now);
    cached->ended(cached->cookie);
}

void proxy_cache_wait(struct proxy_cached *cached, void (*ended)(void *cookie), void *cookie)
{
    must(cached->turn == PROXY_CACHE_WAIT);
    cached->ended = ended;
    cached->cookie = cookie;
    if (!cached->is_asking)
        cache_wait_begin(cached->worker->reader, &cached->wait, cached->slot, on_ended);
}

int64_t proxy_cache_until_ns(const struct proxy_cached *cached)
{
    const struct proxy_ask *ask = &cached->ask;
    const struct upstream_service *service = upstream_service(ask->upstream, ask->route->service);
    int64_t until_ns = clock_now_ns();

    if (service != NULL)
        until_ns += service->settings->total_ms * CLOCK_MS;
    return ask->head_by_ns != 0 && ask->head_by_ns < until_ns ? ask->head_by_ns : until_ns;
}

void proxy_cache_leave(struct proxy_cached *cached)
{
    cache_wait_end(&cached->wait);
    cache_redis_cancel(&cached->get);
    cached->is_asking = false;
}

/* A response that trickles in must not delay each request for it. A request with a deadline of its
 * own may have waited only for a moment. */
void proxy_cache_go(struct proxy_cached *cached)
{
    if (!cached->is_leading && cached->ask.head_by_ns == 0)
        cache_slot_tell_slow(cached->slot);
    settle_forward(cached, cached->is_leading ? PROXY_CACHE_LEAD : PROXY_CACHE_ALONE,
                   clock_now_ns());
}

void proxy_cache_forget(struct proxy_cached *cached)
{
    drop(cached);
    find(cached);
    cached->is_leading = cache_slot_lead(cached->slot);
    cache_entry_release(cached->entry);
    cached->entry = NULL;
    settle_forward(cached, cached->is_leading ? PROXY_CACHE_LEAD : PROXY_CACHE_ALONE,
                   clock_now_ns());
}

void proxy_cache_take(struct proxy_cached *cached, struct cache_entry *entry)
{
    cache_entry_hold(entry);
    cache_entry_release(cached->entry);
    cached->entry = entry;
}
