/* See proxy_fill.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_key.h"
#include "bff/cache/cache_mark.h"
#include "bff/cache/cache_vary.h"
#include "bff/http/field.h"
#include "bff/proxy/proxy_fill.h"

#define UNSTORED_NS (60 * CLOCK_S) /* how long a mark "unstored" holds */

struct proxy_fill {
    struct pool *pool;
    const struct cache_rule *rule; /* of the generation, which the call holds */
    struct cache_worker *worker;
    struct redis *redis; /* the second level; NULL: none. It lives as long as the generation */
    struct proxy_cache_asked asked;
    struct text key, vary, path; /* as in proxy_cached */
    struct cache_slot *slot;     /* whose flight this is; NULL: it has ended */
    struct cache_slot *base;     /* as in proxy_cached */
    struct cache_entry *old;     /* which the call validates; NULL: none */
    struct cache_entry *made;
    struct value *body;
    int64_t asked_ns;
};

static struct text copy_text(struct pool *pool, struct text text)
{
    return text.at == NULL ? text : pool_text(pool, text);
}

struct proxy_fill *proxy_fill_begin(struct proxy_cached *cached)
{
    struct proxy_fill *fill = memory_new(sizeof(*fill));

    must(cached->is_leading);
    fill->pool = pool_new();
    fill->rule = &cached->ask.route->cache;
    fill->worker = cached->worker;
    fill->redis = cached->ask.cache_redis;
    fill->key = copy_text(fill->pool, cached->key);
    fill->vary = copy_text(fill->pool, cached->vary);
    fill->path = copy_text(fill->pool, cached->ask.path);
    fill->slot = cached->slot;
    fill->base = cached->base;
    fill->old = cached->entry == NULL ? NULL : cache_entry_hold(cached->entry);
    fill->asked_ns = clock_now_ns();
    proxy_cache_asked_copy(&fill->asked, &cached->asked, fill->pool);
    fill->asked.policy.method = TEXT("GET"); /* also when HEAD has found that the entry is stale */
    cached->slot = cached->base = NULL;
    cached->is_leading = false;
    return fill;
}

bool proxy_fill_is_on(const struct proxy_fill *fill) { return fill != NULL && fill->slot != NULL; }

struct cache_entry *proxy_fill_entry(const struct proxy_fill *fill) { return fill->made; }

/* The end of the flight. ${entry} may be NULL, and then the slot keeps what it has. */
static void end(struct proxy_fill *fill, struct cache_entry *entry)
{
    cache_slot_end(fill->slot, entry);
    cache_slot_release(fill->slot);
    if (fill->base != NULL)
        cache_slot_release(fill->base);
    fill->slot = fill->base = NULL;
    value_release(fill->body);
    fill->body = NULL;
}

static void end_with(struct proxy_fill *fill, struct cache_entry *mark)
{
    end(fill, mark);
    cache_entry_release(mark);
}

/* Those who wait go on at once, and those who come need not wait. */
static void end_unstored(struct proxy_fill *fill)
{
    end_with(fill, cache_mark_unstored(fill->path, fill->asked_ns, clock_now_ns() + UNSTORED_NS));
}

void proxy_fill_free(struct proxy_fill *fill)
{
    if (fill == NULL)
        return;
    if (fill->slot != NULL)
        end(fill, NULL);
    cache_entry_release(fill->old);
    cache_entry_release(fill->made);
    pool_free(fill->pool);
    memory_free(fill);
}

/* Where an entry goes. */

/* Also stores ${entry} in Redis. */
static void tell_redis(struct proxy_fill *fill, struct text key, struct cache_entry *entry)
{
    cache_redis_set(fill->redis, fill->worker->cache,
                    &(struct cache_redis_ask){.key = key, .body_most = fill->rule->max_body},
                    entry);
}

/* Stores ${entry} in another slot than that of the flight, unless somebody fetches another one for
 * it just now. */
static void store(struct cache_slot *slot, struct cache_entry *entry)
{
    if (cache_slot_lead(slot))
        cache_slot_end(slot, entry);
}

/* The responses for the key differ: the slot of the key says by which fields. */
static void mark_base(struct proxy_fill *fill)
{
    struct cache_entry *mark = cache_mark_vary(fill->made->vary, fill->path, fill->asked_ns);

    tell_redis(fill, fill->key, mark);
    if (fill->base != NULL) {
        store(fill->base, mark);
        end(fill, NULL);
    } else {
        end(fill, mark);
    }
    cache_entry_release(mark);
}

static bool has_variants(const struct proxy_fill *fill)
{
    struct text vary = fill->made->vary;

    return vary.len > 0 && !cache_vary_is_covered(vary, fill->rule->vary);
}

static void place_variant(struct proxy_fill *fill)
{
    struct text values = cache_vary_values(fill->pool, fill->made->vary, &fill->asked.policy);
    struct text key = cache_key_variant(fill->pool, fill->key, values);
    struct cache_slot *slot = cache_find(fill->worker->reader, key);

    tell_redis(fill, key, fill->made);
    if (slot == fill->slot) {
        end(fill, fill->made);
    } else {
        store(slot, fill->made);
        mark_base(fill);
    }
    cache_slot_release(slot);
}

/* The flight may be that of a variant, and the response does not vary any more. */
static void place_single(struct proxy_fill *fill)
{
    tell_redis(fill, fill->key, fill->made);
    if (fill->base == NULL) {
        end(fill, fill->made);
    } else {
        store(fill->base, fill->made);
        end(fill, NULL);
    }
}

static void place(struct proxy_fill *fill)
{
    if (has_variants(fill))
        place_variant(fill);
    else
        place_single(fill);
}

/* The response. */

/* The fields that an entry has. */
struct kept {
    struct exchange_field fields[EXCHANGE_FIELDS_MAX];
    struct exchange_head head;
};

static bool is_kept(const struct exchange_head *head, struct text name)
{
    return cache_policy_keeps(head, name) &&
           (field_may_return(name) || text_equal_nocase(name, TEXT("date")));
}

/* Fields that never return to a client are not stored, so that an answer from the cache need not
 * look for them. */
static void keep_fields(struct kept *kept, const struct exchange_head *head)
{
    kept->head = *head;
    kept->head.fields = kept->fields;
    kept->head.field_count = 0;
    for (size_t i = 0; i < head->field_count; i++)
        if (is_kept(head, head->fields[i].name))
            kept->fields[kept->head.field_count++] = head->fields[i];
}

static void set_times(struct proxy_fill *fill)
{
    cache_policy_set_times(fill->rule, fill->made, fill->asked_ns, clock_now_ns(), clock_wall_ms());
}

static enum proxy_fill_head update(struct proxy_fill *fill, const struct exchange_head *head)
{
    struct kept kept;

    keep_fields(&kept, head);
    fill->made = cache_policy_update(fill->old, &kept.head);
    if (fill->made == NULL) {
        cache_slot_drop(fill->slot);
        end(fill, NULL);
        return PROXY_FILL_WRONG;
    }
    set_times(fill);
    if (cache_policy_may_keep(fill->rule, &fill->asked.policy, fill->made))
        place(fill);
    else
        end_unstored(fill);
    return PROXY_FILL_UPDATED;
}

/* Such a response says nothing about what is stored: the service has failed, or it refuses this
 * request. */
static bool keeps_old(int status)
{
    return status >= 500 || (status >= 400 && status != 404 && status != 410);
}

static enum proxy_fill_head refuse(struct proxy_fill *fill, int status)
{
    if (status >= 500 || (fill->old != NULL && keeps_old(status)))
        end(fill, NULL);
    else
        end_unstored(fill);
    return PROXY_FILL_OVER;
}

static bool is_too_long(const struct proxy_fill *fill, const struct exchange_head *head)
{
    return head->framing == EXCHANGE_LENGTH && head->length > fill->rule->max_body;
}

static void begin_entry(struct proxy_fill *fill, const struct exchange_head *head)
{
    struct kept kept;

    keep_fields(&kept, head);
    fill->made = cache_entry_new(&(struct cache_entry_parts){.status = head->status,
                                                             .fields = kept.head.fields,
                                                             .field_count = kept.head.field_count,
                                                             .path = fill->path});
    set_times(fill);
    if (head->framing == EXCHANGE_LENGTH && head->length > 0)
        fill->body = value_new((size_t)head->length);
}

enum proxy_fill_head proxy_fill_head(struct proxy_fill *fill, const struct exchange_head *head)
{
    must(fill->slot != NULL);
    if (head->status == 304 && fill->old != NULL)
        return update(fill, head);
    if (head->status >= 500 || is_too_long(fill, head) ||
        !cache_policy_may_store(fill->rule, &fill->asked.policy, head))
        return refuse(fill, head->status);
    begin_entry(fill, head);
    return PROXY_FILL_STORES;
}

void proxy_fill_body(struct proxy_fill *fill, struct text bytes)
{
    must(fill->slot != NULL && fill->made != NULL);
    if (fill->body == NULL)
        fill->body = value_new(bytes.len);
    if (fill->body->text.len + bytes.len > fill->rule->max_body)
        end_unstored(fill);
    else
        fill->body = value_add(fill->body, bytes.at, bytes.len);
}

void proxy_fill_drop(struct proxy_fill *fill) { end(fill, NULL); }

void proxy_fill_end(struct proxy_fill *fill, enum reason reason)
{
    if (fill->slot == NULL)
        return;
    if (reason != REASON_NONE || fill->made == NULL) {
        end(fill, NULL);
        return;
    }
    cache_entry_set_body(fill->made, fill->body);
    fill->body = NULL;
    place(fill);
}
