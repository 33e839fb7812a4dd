/*
 * See verdict.h. The times of an entry mean:
 *
 *   fresh_ns    until then the verdict holds
 *   stale_ns    the call has failed, and until then nobody asks again; 0: it has not failed
 *   failed_ns   until then the verdict may be used when the call fails
 *
 * An entry with the status 0 has no verdict: it only says that the call has failed.
 */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/edge/verdict.h"

/* So many times an ask waits or makes the call. One time is enough, unless calls are given up, or
 * the cache is so full that it loses a verdict before those who wait have seen it. */
#define ROUNDS_MAX 3

struct verdict_lead {
    struct cache_slot *slot;
    struct verdict_ask *first; /* who has begun the call; NULL: they have left */
    struct cache_entry *old;   /* what was stored before; NULL: nothing */
};

/* Entries. */

static struct cache_entry *entry_of(int status, const struct exchange_field *fields, size_t count,
                                    size_t bytes_least)
{
    struct cache_entry *entry = cache_entry_new(
        &(struct cache_entry_parts){.status = status, .fields = fields, .field_count = count});

    if (entry->bytes < bytes_least)
        entry->bytes = bytes_least;
    entry->asked_ns = entry->born_ns = clock_now_ns();
    return entry;
}

struct cache_entry *verdict_new(const struct verdict_parts *parts)
{
    struct cache_entry *entry =
        entry_of(parts->status, parts->fields, parts->field_count, parts->bytes_least);

    must(parts->status != 0);
    entry->fresh_ns = entry->born_ns + parts->ttl_ns;
    entry->failed_ns = parts->stale_ns > 0 ? entry->fresh_ns + parts->stale_ns : 0;
    return entry;
}

struct text verdict_field(const struct cache_entry *entry, const char *name)
{
    for (size_t i = 0; i < entry->field_count; i++)
        if (text_equal(entry->fields[i].name, text_of(name)))
            return entry->fields[i].value;
    return (struct text){0};
}

static bool may_fail_over(const struct cache_entry *entry, int64_t now_ns)
{
    return entry != NULL && entry->status != 0 && now_ns < entry->failed_ns;
}

/* The entry for a call that has failed. It keeps the verdict of ${old} for as long as that may be
 * used. */
static struct cache_entry *failure(const struct cache_entry *old)
{
    int64_t now_ns = clock_now_ns();
    struct cache_entry *entry;

    if (may_fail_over(old, now_ns)) {
        entry = entry_of(old->status, old->fields, old->field_count, old->bytes);
        entry->born_ns = old->born_ns;
        entry->failed_ns = old->failed_ns;
    } else {
        entry = entry_of(0, NULL, 0, 0);
    }
    entry->stale_ns = now_ns + VERDICT_PAUSE_NS;
    return entry;
}

/* Returns VERDICT_WAITS when somebody must make the call. A verdict that is not older than the ask
 * is good for it, whatever its time to live is. */
static enum verdict_state state_of(const struct verdict_ask *ask, const struct cache_entry *entry)
{
    int64_t now_ns = clock_now_ns();

    if (entry == NULL)
        return VERDICT_WAITS;
    if (entry->status != 0 && (now_ns < entry->fresh_ns || entry->born_ns >= ask->began_ns))
        return VERDICT_HOLDS;
    if (now_ns >= entry->stale_ns)
        return VERDICT_WAITS;
    return may_fail_over(entry, now_ns) ? VERDICT_STALE : VERDICT_FAILED;
}

/* Keeps ${entry}, whose reference goes over, if it is the result. */
static enum verdict_state settle(struct verdict_ask *ask, struct cache_entry *entry,
                                 enum verdict_state state)
{
    if (state == VERDICT_HOLDS || state == VERDICT_STALE)
        ask->entry = entry;
    else
        cache_entry_release(entry);
    return state;
}

/* Waiting. */

static void on_ended(struct cache_wait *wait);

/* The lead has a reference of its own to the slot. The wait begins before the call, so that the end
 * of the call ends it in any case. ${old} goes over. */
static void begin_call(struct verdict_ask *ask, struct cache_entry *old)
{
    struct verdict_lead *lead = memory_new(sizeof(*lead));

    lead->slot = cache_find(ask->reader, (struct text){ask->key, VERDICT_KEY_BYTES});
    lead->first = ask;
    lead->old = old;
    must(lead->slot == ask->slot && ask->leads == NULL);
    ask->leads = lead;
    cache_wait_begin(ask->reader, &ask->wait, ask->slot, on_ended);
    ask->lead(ask, lead);
}

/* Nothing that is stored can be used. When this ask leads, another flight may have ended a moment
 * ago, between the look-up and the beginning of this one. */
static enum verdict_state go(struct verdict_ask *ask)
{
    if (!cache_slot_lead(ask->slot)) {
        cache_wait_begin(ask->reader, &ask->wait, ask->slot, on_ended);
        return VERDICT_WAITS;
    }
    struct cache_entry *entry = cache_slot_entry(ask->slot);
    enum verdict_state state = state_of(ask, entry);
    if (state != VERDICT_WAITS) {
        cache_slot_end(ask->slot, NULL);
        return settle(ask, entry, state);
    }
    begin_call(ask, entry);
    return VERDICT_WAITS;
}

static enum verdict_state look_again(struct verdict_ask *ask)
{
    struct cache_entry *entry = ask->given != NULL ? ask->given : cache_slot_entry(ask->slot);
    enum verdict_state state = state_of(ask, entry);

    ask->given = NULL;
    settle(ask, entry, state);
    if (state != VERDICT_WAITS)
        return state;
    return ++ask->rounds < ROUNDS_MAX ? go(ask) : verdict_late(ask);
}

static void on_ended(struct cache_wait *wait)
{
    struct verdict_ask *ask = H2O_STRUCT_FROM_MEMBER(struct verdict_ask, wait, wait);
    enum verdict_state state = look_again(ask);

    if (state == VERDICT_WAITS)
        return;
    verdict_leave(ask);
    ask->done(ask, state);
}

/* Asks. */

static void dispose(void *object)
{
    struct verdict_ask *ask = object;

    verdict_leave(ask);
    cache_entry_release(ask->old);
    cache_entry_release(ask->entry);
}

struct verdict_ask *verdict_ask_new(struct pool *pool)
{
    return pool_shared(pool, sizeof(struct verdict_ask), dispose);
}

enum verdict_state verdict_ask(struct verdict_ask *ask, struct cache_worker *worker,
                               struct text key)
{
    must(ask->reader == NULL && key.len == VERDICT_KEY_BYTES);
    ask->reader = worker->reader;
    ask->began_ns = clock_now_ns();
    memcpy(ask->key, key.at, VERDICT_KEY_BYTES);
    ask->slot = cache_find(worker->reader, key);
    struct cache_entry *entry = cache_slot_entry(ask->slot);
    enum verdict_state state = state_of(ask, entry);
    if (state == VERDICT_WAITS) {
        ask->old = entry;
        state = go(ask);
    } else {
        settle(ask, entry, state);
    }
    if (state != VERDICT_WAITS)
        verdict_leave(ask);
    return state;
}

void verdict_leave(struct verdict_ask *ask)
{
    cache_wait_end(&ask->wait);
    if (ask->leads != NULL)
        ask->leads->first = NULL;
    ask->leads = NULL;
    cache_entry_release(ask->given);
    ask->given = NULL;
    if (ask->slot != NULL)
        cache_slot_release(ask->slot);
    ask->slot = NULL;
}

enum verdict_state verdict_late(struct verdict_ask *ask)
{
    must(ask->entry == NULL);
    if (!may_fail_over(ask->old, clock_now_ns()))
        return VERDICT_FAILED;
    ask->entry = ask->old;
    ask->old = NULL;
    return VERDICT_STALE;
}

/* Calls. */

/* The one who has begun the call gets the result also when the cache does not keep it. */
static void end(struct verdict_lead *lead, struct cache_entry *entry)
{
    struct verdict_ask *first = lead->first;

    if (first != NULL) {
        first->leads = NULL;
        first->given = entry == NULL ? NULL : cache_entry_hold(entry);
    }
    cache_slot_end(lead->slot, entry);
    cache_slot_release(lead->slot);
    cache_entry_release(lead->old);
    memory_free(lead);
}

void verdict_tell(struct verdict_lead *lead, struct cache_entry *entry)
{
    must(entry != NULL);
    end(lead, entry);
}

void verdict_fail(struct verdict_lead *lead)
{
    struct cache_entry *entry = failure(lead->old);

    end(lead, entry);
    cache_entry_release(entry);
}

void verdict_drop(struct verdict_lead *lead) { end(lead, NULL); }
