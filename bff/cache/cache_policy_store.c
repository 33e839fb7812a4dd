/* See cache_policy.h. This file decides about responses: what may be stored. */
#include "bff/base/clock.h"
#include "bff/cache/cache_control.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_freshness.h"
#include "bff/cache/cache_policy.h"
#include "bff/cache/cache_policy_windows.h"
#include "bff/http/field.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool has_status(const int *statuses, size_t count, int status)
{
    for (size_t i = 0; i < count; i++)
        if (statuses[i] == status)
            return true;
    return false;
}

/* Statuses that are never stored: parts (206) and validations (304), and those that RFC 6585
 * forbids to store. */
static const int never[] = {206, 304, 428, 429, 431};

/* Statuses for which must-understand lets no-store be ignored. RFC 9110 defines them, and this
 * cache does what they need. */
static const int understood[] = {200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414};

/* Statuses for which the rule's ttl is meant. */
static const int with_ttl[] = {200, 301, 308};

/* A status of 500 or more is a failure, whatever lifetime it states: it must not replace a response
 * that can be used instead of it (RFC 5861 section 4). RFC 6585 forbids 511 anyway. */
static bool is_storable(int status)
{
    return status >= 200 && status < 500 && !has_status(never, COUNT(never), status);
}

/* Section 5.2.2.3. */
static bool forbids_storing(const struct cache_control *control, int status)
{
    if (control->is_private)
        return true;
    if (control->must_understand)
        return !has_status(understood, COUNT(understood), status);
    return control->no_store;
}

/* Section 3.5. With a ttl, the operator has allowed it, and the user is in the key. The calls of a
 * shared rule name no user. */
static bool allows_user(const struct cache_rule *rule, const struct cache_request *request,
                        const struct cache_control *control)
{
    return !request->has_user || rule->is_shared || rule->ttl_ms > 0 || control->is_public ||
           control->must_revalidate || control->s_maxage != CACHE_CONTROL_ABSENT;
}

/* True when the entry could be used: it is fresh, or may be stale for some time, or can be
 * validated. */
static bool is_useful(const struct cache_rule *rule, const struct cache_control *control,
                      const struct exchange_head *head)
{
    int64_t fresh_s = cache_freshness_s(control, head->fields, head->field_count, clock_wall_s());
    bool has_validator = cache_field_find(head->fields, head->field_count, "etag").len > 0 ||
                         cache_field_find(head->fields, head->field_count, "last-modified").len > 0;

    if (control->no_cache)
        return has_validator;
    if (fresh_s == CACHE_FRESHNESS_UNKNOWN)
        return rule->ttl_ms > 0 && has_status(with_ttl, COUNT(with_ttl), head->status);
    return fresh_s > 0 || has_validator || cache_policy_windows_are_open(rule, control);
}

/* Fields whose values this server makes for each request. What the client has sent in them says
 * nothing about what the service gets. So a response that varies by them is like one with "*". */
static bool varies_by_each(const struct exchange_head *head)
{
    static const char *const names[] = {"*", "traceparent", "tracestate", "x-request-id",
                                        "x-request-deadline-ms"};

    for (size_t i = 0; i < COUNT(names); i++)
        if (cache_field_lists(head->fields, head->field_count, "vary", text_of(names[i])))
            return true;
    return false;
}

static bool may_store(const struct cache_rule *rule, const struct cache_request *request,
                      const struct exchange_head *head)
{
    struct cache_control control = cache_control_of(head->fields, head->field_count);

    return rule->is_on && is_storable(head->status) && !forbids_storing(&control, head->status) &&
           cache_field_find(head->fields, head->field_count, "set-cookie").at == NULL &&
           !varies_by_each(head) && allows_user(rule, request, &control) &&
           is_useful(rule, &control, head);
}

bool cache_policy_may_store(const struct cache_rule *rule, const struct cache_request *request,
                            const struct exchange_head *head)
{
    return text_is(request->method, "GET") && cache_policy_use(request) == CACHE_USE &&
           may_store(rule, request, head);
}

bool cache_policy_may_keep(const struct cache_rule *rule, const struct cache_request *request,
                           const struct cache_entry *entry)
{
    struct exchange_head head = {.status = entry->status,
                                 .fields = (struct exchange_field *)(uintptr_t)entry->fields,
                                 .field_count = entry->field_count};

    return may_store(rule, request, &head);
}

/* Proxy-* fields are for this hop (section 3.1). */
bool cache_policy_keeps(const struct exchange_head *head, struct text name)
{
    if (field_is_hop_by_hop(name) || text_equal_nocase(name, TEXT("set-cookie")) ||
        text_equal_nocase(name, TEXT("proxy-authenticate")) ||
        text_equal_nocase(name, TEXT("proxy-authentication-info")) ||
        text_equal_nocase(name, TEXT("proxy-authorization")))
        return false;
    return !cache_field_lists(head->fields, head->field_count, "connection", name);
}
