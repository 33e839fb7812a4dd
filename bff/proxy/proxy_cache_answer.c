/* The answer to a request from an entry of the cache: see proxy_cache.h. */
#include "bff/base/clock.h"
#include "bff/cache/cache_age.h"
#include "bff/http/reply.h"
#include "bff/proxy/proxy_answer.h"
#include "bff/proxy/proxy_cache.h"
#include "bff/proxy/proxy_transform.h"

static struct text digits(struct pool *pool, int64_t number)
{
    char *room = pool_take(pool, TEXT_DIGITS);

    return text_digits(room, number < 0 ? 0 : (uint64_t)number);
}

void proxy_cache_answer_status(struct proxy_cached *cached)
{
    struct text_builder out;

    text_builder_init(&out, cached->request->pool, 64);
    cache_status_print(&out, &cached->status);
    reply_set_field(cached->request, (struct reply_field){"cache-status", text_builder_text(&out)});
}

/* The entry is no JSON, so the route's rules cannot change it: the service is asked again for the
 * next request. */
static void forget(void *cookie)
{
    struct proxy_cached *cached = cookie;

    if (cached->slot != NULL)
        cache_slot_drop(cached->slot);
}

void proxy_cache_answer(struct proxy_cached *cached)
{
    struct request *request = cached->request;
    const struct cache_entry *entry = cached->entry;
    int64_t now_ns = clock_now_ns();
    bool is_known = cache_policy_is_not_modified(&cached->asked.policy, entry);

    cached->status.has_ttl = true;
    cached->status.ttl_s = cache_age_left_s(entry, now_ns);
    proxy_cache_answer_status(cached);
    reply_add_field(request,
                    (struct reply_field){"age", digits(request->pool, cache_age_s(entry, now_ns))});
    if (!is_known && proxy_answer_is_entry_refused(&cached->ask, entry)) {
        proxy_transform_refuse(cached->ask.transform, entry->status, (struct text){0});
        return;
    }
    if (cached->ask.transform != NULL) {
        cached->ask.transform->broken = forget;
        cached->ask.transform->cookie = cached;
    }
    proxy_answer_entry(request, &cached->ask, entry, is_known ? 304 : entry->status);
    if (is_known || entry->body == NULL)
        reply_whole(request, NULL, 0);
    else
        reply_shared(request, &entry->body->text, 1);
}

bool proxy_cache_answer_is_made(struct proxy_cached *cached, struct cache_entry *entry,
                                bool is_updated)
{
    cached->status.is_stored = true;
    if (is_updated) {
        cached->status.status = 304;
        cached->word = TEXT("validated");
    } else if (!cache_policy_is_not_modified(&cached->asked.policy, entry)) {
        return false;
    }
    proxy_cache_take(cached, entry);
    return true;
}

/* RFC 5861 section 4. */
static bool is_failure(int status) { return status == 500 || (status >= 502 && status <= 504); }

static bool answer_stored(struct request_stored *stored, struct request *request)
{
    proxy_cache_answer(H2O_STRUCT_FROM_MEMBER(struct proxy_cached, stored, stored));
    return true;
}

bool proxy_cache_answer_is_stale(struct proxy_cached *cached, enum reason reason, int status)
{
    if (reason == REASON_STATUS && status != 0 && !is_failure(status))
        return false;
    if (cached->request->stored == &cached->stored)
        return true;
    if (cached->entry == NULL || proxy_cache_has_changed(cached) ||
        !cache_policy_may_fail_over(&cached->asked.policy, cached->entry, clock_now_ns()))
        return false;
    cached->status.forward = CACHE_STATUS_STALE;
    cached->status.status = status;
    cached->status.detail = text_of(reason_name(reason));
    cached->word = TEXT("stale");
    cached->stored.answer = answer_stored;
    cached->request->stored = &cached->stored;
    return true;
}
