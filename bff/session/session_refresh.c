/* See session_refresh.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/session/session_refresh_flight.h"

#include "bff/session/session_refresh.h"

struct session_refreshes *session_refresh_new(const struct session_refresh_with *with)
{
    struct session_refreshes *refreshes = memory_new(sizeof(*refreshes));
    const struct session_settings *settings = with->peers.settings;

    refreshes->with = *with;
    refreshes->seal = session_seal_new(settings->keys, settings->key_count, "refreshed session");
    h2o_linklist_init_anchor(&refreshes->flights);
    return refreshes;
}

void session_refresh_free(struct session_refreshes *refreshes)
{
    if (refreshes == NULL)
        return;
    session_refresh_flight_stop_all(refreshes);
    session_seal_free(refreshes->seal);
    memory_free(refreshes);
}

bool session_refresh_is_due(const struct session_refreshes *refreshes,
                            const struct session *session, int64_t now_s)
{
    int64_t before_s = refreshes->with.peers.settings->renew_before_s;

    return session->access_until_s != 0 && session->access_until_s - now_s <= before_s &&
           session_refresh_ask_is_possible(&refreshes->with.peers, session);
}

/* Waiting. */

/* Reads the result in the slot. Returns false when there is none, or it is too old. */
static bool read_result(struct session_refresh_wait *wait)
{
    struct cache_entry *entry = cache_slot_entry(wait->slot);
    bool is_known = entry != NULL && clock_now_ns() < entry->fresh_ns;

    if (is_known && session_refresh_result_open(entry->fields[0].value, wait->refreshes->seal,
                                                wait->hash, wait->pool, &wait->result) != 0)
        wait->result.kind = SESSION_REFRESH_AWAY;
    cache_entry_release(entry);
    return is_known;
}

/* Between the look and the lead, another flight may have ended. */
static bool lead_or_read(struct session_refresh_wait *wait)
{
    if (!cache_slot_lead(wait->slot))
        return false;
    bool is_known = read_result(wait);
    if (is_known)
        cache_slot_end(wait->slot, NULL);
    else
        session_refresh_flight_begin(wait->refreshes, wait->hash, wait->session);
    return is_known;
}

static void finish(struct session_refresh_wait *wait)
{
    cache_slot_release(wait->slot);
    wait->slot = NULL;
}

static void on_ended(struct cache_wait *ended);

/* Returns true when the result is known. */
static bool look(struct session_refresh_wait *wait)
{
    if (read_result(wait) || lead_or_read(wait)) {
        finish(wait);
        return true;
    }
    cache_wait_begin(wait->refreshes->with.refreshed->reader, &wait->wait, wait->slot, on_ended);
    return false;
}

static void on_ended(struct cache_wait *ended)
{
    struct session_refresh_wait *wait =
        H2O_STRUCT_FROM_MEMBER(struct session_refresh_wait, wait, ended);

    if (look(wait))
        wait->done(wait);
}

/* The content is named by the id of the session and how often it was renewed. */
static struct text hash_of(const struct session *session, struct pool *pool)
{
    struct text name =
        pool_print(pool, "%.*s/%u", TEXT_ARGS(session->id), (unsigned)session->renewals);

    return session_store_key(TEXT(""), name, pool);
}

bool session_refresh_begin(struct session_refreshes *refreshes, struct session_refresh_wait *wait,
                           const struct session *session, struct pool *pool)
{
    must(wait->slot == NULL);
    wait->refreshes = refreshes;
    wait->session = session;
    wait->pool = pool;
    wait->hash = hash_of(session, pool);
    wait->slot = cache_find(refreshes->with.refreshed->reader, wait->hash);
    return look(wait);
}

void session_refresh_leave(struct session_refresh_wait *wait)
{
    if (wait->slot == NULL)
        return;
    cache_wait_end(&wait->wait);
    finish(wait);
}
