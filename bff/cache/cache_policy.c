/* See cache_policy.h. This file decides about requests: what may be used for them. */
#include "bff/base/clock.h"
#include "bff/base/http_date.h"
#include "bff/cache/cache_control.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_validators.h"
#include "bff/http/method.h"

static struct text field(const struct cache_request *request, const char *name)
{
    return request->field(request->cookie, name);
}

static bool has(const struct cache_request *request, const char *name)
{
    return field(request, name).at != NULL;
}

/* Pragma counts only without Cache-Control (RFC 9111 section 5.4). */
static struct cache_control control_of(const struct cache_request *request)
{
    struct cache_control control = cache_control_none();
    struct text value = field(request, "cache-control");

    if (value.at != NULL)
        cache_control_add(&control, value);
    else
        control.no_cache = text_list_has_nocase(field(request, "pragma"), TEXT("no-cache"));
    return control;
}

/* Conditions that only the service can check, and parts of a response, which are not stored. */
static bool needs_service(const struct cache_request *request)
{
    return has(request, "range") || has(request, "if-range") || has(request, "if-match") ||
           has(request, "if-unmodified-since");
}

enum cache_use cache_policy_use(const struct cache_request *request)
{
    if (!method_is_read(request->method) || request->has_body || needs_service(request))
        return CACHE_BYPASS;
    return control_of(request).no_store ? CACHE_BYPASS : CACHE_USE;
}

/* True when the request does not accept ${entry}, fresh or not, without a validation. */
static bool refuses(const struct cache_control *control, const struct cache_entry *entry,
                    int64_t now_ns)
{
    if (control->no_cache)
        return true;
    if (control->max_age != CACHE_CONTROL_ABSENT &&
        now_ns - entry->born_ns > control->max_age * CLOCK_S)
        return true;
    return control->min_fresh != CACHE_CONTROL_ABSENT &&
           entry->fresh_ns - now_ns < control->min_fresh * CLOCK_S;
}

/* s-maxage has the meaning of proxy-revalidate (section 5.2.2.10): a client's word is not enough to
 * use the entry when it is stale. */
static bool lets_client_decide(const struct cache_entry *entry)
{
    return !entry->must_revalidate &&
           cache_control_of(entry->fields, entry->field_count).s_maxage == CACHE_CONTROL_ABSENT;
}

/* True when the client accepts that ${entry} has been stale for so long, by a number of seconds. */
static bool accepts_stale(int64_t seconds, const struct cache_entry *entry, int64_t now_ns)
{
    return seconds != CACHE_CONTROL_ABSENT && now_ns - entry->fresh_ns <= seconds * CLOCK_S &&
           lets_client_decide(entry);
}

static enum cache_state stale_state(const struct cache_control *control,
                                    const struct cache_entry *entry, int64_t now_ns)
{
    bool is_in_time = now_ns < entry->stale_ns;

    if (entry->must_revalidate)
        return CACHE_VALIDATE;
    if (accepts_stale(control->max_stale, entry, now_ns))
        return is_in_time ? CACHE_STALE : CACHE_FRESH;
    if (control->max_age != CACHE_CONTROL_ABSENT) /* such a client wants no stale response */
        return CACHE_VALIDATE;
    return is_in_time ? CACHE_STALE : CACHE_VALIDATE;
}

enum cache_state cache_policy_state(const struct cache_request *request,
                                    const struct cache_entry *entry, int64_t now_ns)
{
    struct cache_control control = control_of(request);

    if (refuses(&control, entry, now_ns))
        return CACHE_VALIDATE;
    return now_ns < entry->fresh_ns ? CACHE_FRESH : stale_state(&control, entry, now_ns);
}

/* no-cache and max-age of the request are wishes (section 5.2.1). So they do not turn a stored
 * answer into an error. */
bool cache_policy_may_fail_over(const struct cache_request *request,
                                const struct cache_entry *entry, int64_t now_ns)
{
    if (now_ns < entry->fresh_ns)
        return true;
    if (entry->must_revalidate)
        return false;
    return now_ns < entry->failed_ns ||
           accepts_stale(control_of(request).stale_if_error, entry, now_ns);
}

bool cache_policy_is_only_cached(const struct cache_request *request)
{
    return control_of(request).only_if_cached;
}

/* The field is ignored when it has no valid date. An entry without Last-Modified was modified at
 * its Date at the latest. */
static bool is_unmodified_since(const struct cache_request *request,
                                const struct cache_entry *entry)
{
    int64_t now_s = clock_wall_s(), since_s, modified_s;
    struct text modified = entry->last_modified;

    if (modified.at == NULL)
        modified = cache_field_find(entry->fields, entry->field_count, "date");
    return http_date_read(field(request, "if-modified-since"), now_s, &since_s) == 0 &&
           http_date_read(modified, now_s, &modified_s) == 0 && modified_s <= since_s;
}

bool cache_policy_is_not_modified(const struct cache_request *request,
                                  const struct cache_entry *entry)
{
    struct text list = field(request, "if-none-match");

    if (entry->status < 200 || entry->status > 299)
        return false;
    if (list.at != NULL)
        return cache_validators_match(list, entry->etag);
    return has(request, "if-modified-since") && is_unmodified_since(request, entry);
}
