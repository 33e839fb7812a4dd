/* The part of /metrics about what is stored: caches, Redis, sessions, keys, revocations. */
#include "bff/app/admin_metrics.h"
#include "bff/base/clock.h"
#include "bff/edge/revocation.h"
#include "bff/store/redis_state.h"

/* Caches. */

static void write_caches(struct admin_metrics_page *page,
                         uint64_t (*value)(const struct cache_report *report))
{
    const struct dispatch_worker *worker = page->context->worker;
    const struct {
        const char *name;
        const struct cache_worker *cache;
    } caches[] = {
        {"responses", worker->cache},
        {"verdicts", worker->verdicts},
        {"refreshed", worker->refreshed},
    };

    for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
        if (caches[i].cache == NULL)
            continue;
        struct cache_report report = cache_read(caches[i].cache->cache);
        admin_metrics_put(page, "cache", caches[i].name, value(&report));
    }
}

static uint64_t bytes_of(const struct cache_report *report) { return report->bytes; }
static uint64_t limit_of(const struct cache_report *report) { return report->limit; }
static uint64_t entries_of(const struct cache_report *report) { return report->entries; }
static uint64_t evicted_of(const struct cache_report *report) { return report->evicted; }

static void write_bytes(struct admin_metrics_page *page) { write_caches(page, bytes_of); }
static void write_limit(struct admin_metrics_page *page) { write_caches(page, limit_of); }
static void write_entries(struct admin_metrics_page *page) { write_caches(page, entries_of); }
static void write_evictions(struct admin_metrics_page *page) { write_caches(page, evicted_of); }

/* Redis. */

static void write_redis_up(struct admin_metrics_page *page)
{
    const struct redis_state *redis = page->context->dispatch->health.stores.redis;

    if (redis != NULL) {
        struct redis_report report = redis_state_read(redis);
        exposition_sample(&page->out, (struct text){0}, report.up > 0 && report.down == 0);
    }
}

static void write_redis_connections(struct admin_metrics_page *page)
{
    const struct redis_state *redis = page->context->dispatch->health.stores.redis;

    if (redis == NULL)
        return;
    struct redis_report report = redis_state_read(redis);
    admin_metrics_put(page, "state", "up", report.up);
    admin_metrics_put(page, "state", "down", report.down);
}

/* Sessions. */

static void write_sessions(struct admin_metrics_page *page)
{
    static const struct {
        const char *event;
        enum tally tally;
    } events[] = {
        {"begun", TALLY_SESSIONS_BEGUN},
        {"refreshed", TALLY_SESSIONS_REFRESHED},
        {"refresh_failed", TALLY_SESSIONS_REFRESH_FAILED},
        {"ended", TALLY_SESSIONS_ENDED},
        {"refused", TALLY_SESSIONS_REFUSED},
    };

    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        admin_metrics_put(page, "event", events[i].event, tally_read(events[i].tally));
}

/* Idempotency keys. */

static void write_claims(struct admin_metrics_page *page)
{
    static const struct {
        const char *result;
        enum tally tally;
    } results[] = {
        {"claimed", TALLY_CLAIMS_MINE},      {"replayed", TALLY_CLAIMS_ANSWERED},
        {"running", TALLY_CLAIMS_RUNNING},   {"lost", TALLY_CLAIMS_LOST},
        {"conflict", TALLY_CLAIMS_CONFLICT}, {"unavailable", TALLY_CLAIMS_UNAVAILABLE},
        {"again", TALLY_CLAIMS_AGAIN},       {"undoing", TALLY_CLAIMS_UNDOING},
    };

    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
        admin_metrics_put(page, "result", results[i].result, tally_read(results[i].tally));
}

/* Keys that are fetched from URLs. */

static void write_fetches(struct admin_metrics_page *page)
{
    admin_metrics_put(page, "result", "good", tally_read(TALLY_KEYS_FETCHED));
    admin_metrics_put(page, "result", "bad", tally_read(TALLY_KEYS_FAILED));
}

static void write_sources(struct admin_metrics_page *page,
                          uint64_t (*value)(const struct key_source_report *report))
{
    const struct login *login = page->context->dispatch->login;

    for (size_t i = 0; login != NULL && i < login_count(login); i++) {
        struct login_report issuer = login_issuer_report(login, i);
        if (issuer.has_keys)
            admin_metrics_put(page, "issuer", issuer.name == NULL ? "login" : issuer.name,
                              value(&issuer.keys));
    }
}

static uint64_t keys_of(const struct key_source_report *report) { return report->keys; }
static uint64_t failing_of(const struct key_source_report *report) { return report->is_failing; }

static uint64_t fetched_of(const struct key_source_report *report)
{
    return (uint64_t)(report->fetched_ms / 1000);
}

static void write_keys(struct admin_metrics_page *page) { write_sources(page, keys_of); }
static void write_failing(struct admin_metrics_page *page) { write_sources(page, failing_of); }
static void write_fetched(struct admin_metrics_page *page) { write_sources(page, fetched_of); }

/* Revocations. */

static void write_revoked(struct admin_metrics_page *page)
{
    const struct revocation_view *view = page->context->worker->revocations;

    if (view != NULL)
        exposition_sample(&page->out, (struct text){0}, revocation_count(revocation_of_view(view)));
}

static void write_stale(struct admin_metrics_page *page)
{
    const struct revocation_view *view = page->context->worker->revocations;

    if (view != NULL)
        exposition_sample(&page->out, (struct text){0}, revocation_state(view) == REVOCATION_STALE);
}

const struct admin_metrics_family admin_metrics_stores[] = {
    {"bff_cache_bytes", EXPOSITION_GAUGE, "bytes", "Bytes of the entries of a cache in memory.",
     .write = write_bytes},
    {"bff_cache_limit_bytes", EXPOSITION_GAUGE, "bytes",
     "The most bytes that the entries of a cache may have.", .write = write_limit},
    {"bff_cache_entries", EXPOSITION_GAUGE, NULL, "Entries of a cache in memory.",
     .write = write_entries},
    {"bff_cache_evictions", EXPOSITION_COUNTER, NULL,
     "Entries that were removed to make room for others.", .write = write_evictions},
    {"bff_redis_up", EXPOSITION_GAUGE, NULL, "1 while all connections to Redis work.",
     .write = write_redis_up},
    {"bff_redis_connections", EXPOSITION_GAUGE, NULL, "Connections of the workers to Redis.",
     .write = write_redis_connections},
    {"bff_redis_commands", EXPOSITION_COUNTER, NULL, "Commands that were sent to Redis.",
     .tally = TALLY_REDIS_COMMANDS},
    {"bff_redis_timeouts", EXPOSITION_COUNTER, NULL,
     "Commands that Redis has not answered in time.", .tally = TALLY_REDIS_TIMEOUTS},
    {"bff_sessions", EXPOSITION_COUNTER, NULL, "Sessions of browsers, by what became of them.",
     .write = write_sessions},
    {"bff_idempotency_keys", EXPOSITION_COUNTER, NULL,
     "Requests with an Idempotency-Key for pages that change data, by what became of them.",
     .write = write_claims},
    {"bff_key_fetches", EXPOSITION_COUNTER, NULL, "Fetches of key sets from the URLs of issuers.",
     .write = write_fetches},
    {"bff_keys", EXPOSITION_GAUGE, NULL, "Keys that are known of an issuer.", .write = write_keys},
    {"bff_keys_failing", EXPOSITION_GAUGE, NULL,
     "1 while the last fetch of the keys of an issuer has failed.", .write = write_failing},
    {"bff_keys_fetched_timestamp_seconds", EXPOSITION_GAUGE, "seconds",
     "When the keys of an issuer were last fetched, in seconds since 1970.",
     .write = write_fetched},
    {"bff_revocations", EXPOSITION_COUNTER, NULL,
     "Revocations that were added, by this process or by others.", .tally = TALLY_REVOCATIONS},
    {"bff_revocation_entries", EXPOSITION_GAUGE, NULL, "Revocations that are in memory.",
     .write = write_revoked},
    {"bff_revocation_stale", EXPOSITION_GAUGE, NULL,
     "1 while revocations of other processes may be missing.", .write = write_stale},
    {0},
};
