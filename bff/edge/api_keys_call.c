/* See api_keys_call.h. */
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/memory.h"
#include "bff/edge/api_keys_call.h"

#define STATUS_KNOWN 200
#define STATUS_UNKNOWN 404
#define HEX_LOGGED 16 /* digits of the digest, by which an operator finds the key */

static struct log_pace pace;

void api_keys_call_begin(struct api_keys_call *call, h2o_linklist_t *calls,
                         const struct api_keys_settings *settings, const unsigned char *digest,
                         struct verdict_lead *lead)
{
    call->settings = settings;
    call->lead = lead;
    call->pool = pool_new();
    text_hex(call->hex, digest, API_KEY_DIGEST);
    h2o_linklist_insert(calls, &call->link);
}

static void end(struct api_keys_call *call)
{
    h2o_linklist_unlink(&call->link);
    pool_free(call->pool);
    memory_free(call);
}

static void tell_log(const struct api_keys_call *call, const char *why)
{
    if (!log_pace_is_due(&pace))
        return;
    log_event("api_key", (struct log_field[]){
                             {"sha256", .text = {call->hex, HEX_LOGGED}},
                             {"error", .text = text_of(why)},
                             {0},
                         });
}

/* The time for which an answer is kept. */
static int64_t ttl_ns(const struct api_keys_settings *settings, int64_t most_ns)
{
    int64_t ttl = settings->ttl_ms * CLOCK_MS;

    return ttl < most_ns ? ttl : most_ns;
}

static void tell(struct api_keys_call *call, const struct verdict_parts *parts)
{
    struct cache_entry *entry = verdict_new(parts);

    verdict_tell(call->lead, entry);
    cache_entry_release(entry);
    end(call);
}

void api_keys_call_unknown(struct api_keys_call *call)
{
    tell(call, &(struct verdict_parts){
                   .status = STATUS_UNKNOWN,
                   .ttl_ns = ttl_ns(call->settings, API_KEYS_CALL_UNKNOWN_NS),
               });
}

static void tell_known(struct api_keys_call *call, const struct api_key_row *row)
{
    struct exchange_field fields[] = {
        {.name = TEXT("name"), .value = row->name},     {.name = TEXT("plan"), .value = row->plan},
        {.name = TEXT("user"), .value = row->user},     {.name = TEXT("role"), .value = row->roles},
        {.name = TEXT("scopes"), .value = row->scopes},
    };

    tell(call, &(struct verdict_parts){
                   .status = STATUS_KNOWN,
                   .fields = fields,
                   .field_count = sizeof(fields) / sizeof(fields[0]),
                   .ttl_ns = ttl_ns(call->settings, INT64_MAX),
               });
}

void api_keys_call_tell(struct api_keys_call *call, const struct api_key_row *row)
{
    struct api_key key;
    const char *wrong;
    enum api_key_reading reading = api_key_read(row, call->settings, call->pool, &key, &wrong);

    if (reading == API_KEY_GOOD) {
        tell_known(call, row);
        return;
    }
    if (reading == API_KEY_WRONG)
        tell_log(call, wrong);
    api_keys_call_unknown(call);
}

void api_keys_call_fail(struct api_keys_call *call, const char *why)
{
    if (why != NULL)
        tell_log(call, why);
    verdict_fail(call->lead);
    end(call);
}

void api_keys_call_drop(struct api_keys_call *call)
{
    call->stop(call);
    verdict_drop(call->lead);
    end(call);
}

struct api_key_row api_keys_call_row(const struct cache_entry *entry)
{
    return (struct api_key_row){
        .name = verdict_field(entry, "name"),
        .plan = verdict_field(entry, "plan"),
        .user = verdict_field(entry, "user"),
        .roles = verdict_field(entry, "role"),
        .scopes = verdict_field(entry, "scopes"),
    };
}

bool api_keys_call_is_known(const struct cache_entry *entry)
{
    return entry->status == STATUS_KNOWN;
}
