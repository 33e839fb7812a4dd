/* See health_page.h. */
#include <stdatomic.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/json/json_print_member.h"
#include "bff/http/method.h"
#include "bff/http/own_path.h"
#include "bff/http/reply.h"

#include "bff/app/health_page.h"

#define ALLOW "GET, HEAD, OPTIONS"
#define JSON "application/json; charset=utf-8"
#define HEALTH_JSON "application/health+json" /* draft-inadarei-api-health-check */

static const struct text of_service = {OWN_PATH_SERVICE, sizeof(OWN_PATH_SERVICE) - 1};

/* Printing. */

static void print_time(struct json_print *out, const char *name, int64_t wall_ms)
{
    char iso[CLOCK_ISO_SIZE];

    clock_iso(wall_ms, iso);
    json_print_member_words(out, name, iso);
}

/* Prints ${ns} in milliseconds, rounded down to one decimal. */
static void print_ms(struct json_print *out, const char *name, int64_t ns)
{
    int64_t tenths = ns / (CLOCK_MS / 10);

    json_print_key(out, name);
    json_print_raw(out, pool_print(out->pool, "%lld.%lld", (long long)(tenths / 10),
                                   (long long)(tenths % 10)));
}

/* Why a service or an endpoint is not well. */
static void print_reason(struct json_print *out, enum reason reason, int status)
{
    json_print_member_words(out, "reason", reason_name(reason));
    if (status > 0)
        json_print_member_number(out, "httpStatus", status);
}

/* What is known about a service. */

struct view {
    const struct service_settings *settings;
    struct health_report report;
    struct breaker_report breaker;
    bool has_breaker;
};

static struct view view_of(struct health *health, size_t service)
{
    struct view view = {.settings = health_service(health, service),
                        .report = health_read(health, service)};

    view.has_breaker = health_read_breaker(health, service, &view.breaker);
    return view;
}

static bool is_refusing(const struct view *view)
{
    return view->has_breaker && view->breaker.state == BREAKER_OPEN;
}

static const char *const state_words[] = {
    [HEALTH_UNKNOWN] = "unknown", [HEALTH_UP] = "up",       [HEALTH_DOWN] = "down",
    [HEALTH_EJECTED] = "ejected", [HEALTH_TRIAL] = "trial",
};

static const char *const breaker_words[] = {
    [BREAKER_CLOSED] = "closed", [BREAKER_OPEN] = "open", [BREAKER_HALF_OPEN] = "half_open"};

static void print_breaker(struct json_print *out, const struct view *view)
{
    struct json_print breaker;

    if (!view->has_breaker)
        return;
    json_print_init(&breaker, out->pool);
    json_print_raw(&breaker, TEXT("{"));
    json_print_member_words(&breaker, "state", breaker_words[view->breaker.state]);
    print_time(&breaker, "since", view->breaker.since_ms);
    json_print_member_number(&breaker, "calls", view->breaker.calls);
    json_print_member_number(&breaker, "failures", view->breaker.failures);
    json_print_raw(&breaker, TEXT("}"));
    json_print_key(out, "breaker");
    json_print_raw(out, json_print_text(&breaker));
}

static void print_address(struct json_print *out, const struct health_endpoint *endpoint)
{
    bool is_address = endpoint->address[0] != '\0';

    json_print_member_words(out, "endpoint",
                            is_address ? endpoint->address : endpoint->at->authority);
}

/* Prints the members of an endpoint, all but its address. */
static void print_endpoint(struct json_print *out, const struct health_endpoint *endpoint)
{
    json_print_member_words(out, "status", state_words[endpoint->state]);
    if (endpoint->reason != REASON_NONE)
        print_reason(out, endpoint->reason, endpoint->status);
    print_time(out, "since", endpoint->since_ms);
    if (endpoint->until_ms > 0)
        print_time(out, "until", endpoint->until_ms);
    json_print_member_number(out, "inFlight", endpoint->in_flight);
    if (endpoint->first_byte_ns > 0)
        print_ms(out, "firstByteMs", endpoint->first_byte_ns);
    if (endpoint->at->weight > 1)
        json_print_member_number(out, "weight", endpoint->at->weight);
    if (endpoint->at->is_backup) {
        json_print_key(out, "backup");
        json_print_bool(out, true);
    }
}

/* Prints the list of the endpoints of a service. */
static void print_endpoints(struct json_print *out, struct health *health, size_t service,
                            bool shows_addresses)
{
    struct health_endpoint endpoint;
    struct json_print list;

    json_print_init(&list, out->pool);
    json_print_raw(&list, TEXT("["));
    for (size_t i = 0; (endpoint = health_read_endpoint(health, service, i)).at != NULL; i++) {
        struct json_print one;
        json_print_init(&one, out->pool);
        json_print_raw(&one, TEXT("{"));
        if (shows_addresses)
            print_address(&one, &endpoint);
        print_endpoint(&one, &endpoint);
        json_print_raw(&one, TEXT("}"));
        json_print_separator(&list, i);
        json_print_raw(&list, json_print_text(&one));
    }
    json_print_raw(&list, TEXT("]"));
    json_print_key(out, "endpoints");
    json_print_raw(out, json_print_text(&list));
}

/* /health. */

static const char *verdict(const struct view *view)
{
    if (view->report.state == HEALTH_DOWN || is_refusing(view))
        return "fail";
    if (view->has_breaker && view->breaker.state != BREAKER_CLOSED)
        return "warn";
    return view->report.endpoints_down > 0 ? "warn" : "pass";
}

static void print_breaker_output(struct json_print *out, const struct view *view)
{
    if (!view->has_breaker || view->breaker.state == BREAKER_CLOSED)
        return;
    json_print_key(out, "output");
    json_print_string(out, pool_print(out->pool, "breaker %s", breaker_words[view->breaker.state]));
}

static void print_output(struct json_print *out, const struct health_report *report)
{
    struct text words = text_of(reason_name(report->reason));

    if (report->reason == REASON_STATUS)
        words = pool_print(out->pool, "status %d", report->status);
    if (report->state != HEALTH_DOWN)
        words = pool_print(out->pool, "%zu of %zu endpoints: %.*s", report->endpoints_down,
                           report->endpoints, TEXT_ARGS(words));
    json_print_key(out, "output");
    json_print_string(out, words);
}

/* This page may be public, so it shows no address. */
static void print_check(struct json_print *out, const struct view *view, struct health *health,
                        size_t service)
{
    const struct health_report *report = &view->report;

    json_print_raw(out, TEXT("[{"));
    json_print_member_words(out, "status", verdict(view));
    if (report->asked_ms > 0) {
        print_time(out, "time", report->asked_ms);
        print_ms(out, "observedValue", report->took_ns);
        json_print_member_words(out, "observedUnit", "ms");
    }
    if (report->reason != REASON_NONE)
        print_output(out, report);
    else
        print_breaker_output(out, view);
    print_breaker(out, view);
    print_endpoints(out, health, service, false);
    json_print_raw(out, TEXT("}]"));
}

/* This server counts as healthy even when a service is down, because a restart of this server would
 * not help. */
static struct health_answer answer_alive(const struct health_page *page, struct pool *pool)
{
    struct health *health = page->health;
    struct json_print checks, all;
    bool is_well = true;

    json_print_init(&checks, pool);
    json_print_raw(&checks, TEXT("{"));
    for (size_t i = 0; i < health_count(health); i++) {
        struct view view = view_of(health, i);
        json_print_key(&checks, view.settings->service->name);
        print_check(&checks, &view, health, i);
        is_well = is_well && strcmp(verdict(&view), "pass") == 0;
    }
    is_well = health_page_stores_print(&page->stores, &checks) && is_well;
    json_print_raw(&checks, TEXT("}"));

    json_print_init(&all, pool);
    json_print_raw(&all, TEXT("{"));
    json_print_member_words(&all, "status", is_well ? "pass" : "warn");
    json_print_key(&all, "checks");
    json_print_raw(&all, json_print_text(&checks));
    json_print_raw(&all, TEXT("}"));
    return (struct health_answer){200, HEALTH_JSON, json_print_text(&all)};
}

/* /ready. */

static struct health_answer answer_ready(struct health *health, bool is_draining, struct pool *pool)
{
    struct json_print names;
    bool is_ready = true;

    if (is_draining)
        return (struct health_answer){503, JSON, TEXT("{\"status\":\"draining\"}")};
    json_print_init(&names, pool);
    json_print_raw(&names, TEXT("{\"status\":\"unavailable\",\"services\":["));
    for (size_t i = 0; i < health_count(health); i++) {
        const struct service_settings *settings = health_service(health, i);
        if (!settings->health.is_essential || health_read(health, i).state != HEALTH_DOWN)
            continue;
        json_print_raw(&names, is_ready ? TEXT("") : TEXT(","));
        json_print_string(&names, text_of(settings->service->name));
        is_ready = false;
    }
    json_print_raw(&names, TEXT("]}"));
    if (is_ready)
        return (struct health_answer){200, JSON, TEXT("{\"status\":\"ready\"}")};
    return (struct health_answer){503, JSON, json_print_text(&names)};
}

/* /health/{service}. */

static struct text print_service(struct health *health, size_t service, const struct view *view,
                                 struct pool *pool)
{
    const struct health_report *report = &view->report;
    struct json_print out;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    json_print_member_words(&out, "service", view->settings->service->name);
    json_print_member_words(&out, "status", state_words[report->state]);
    if (report->state == HEALTH_DOWN)
        print_reason(&out, report->reason, report->status);
    print_time(&out, "since", report->since_ms);
    print_breaker(&out, view);
    print_endpoints(&out, health, service, true);
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

/* 503 means that no endpoint of the service is well, or that its breaker is open. When the breaker
 * is half open, the answer is 200, because the breaker needs a request to close. */
static struct health_answer answer_service(struct health *health, struct text name,
                                           struct pool *pool)
{
    for (size_t i = 0; i < health_count(health); i++) {
        if (!text_is(name, health_service(health, i)->service->name))
            continue;
        struct view view = view_of(health, i);
        return (struct health_answer){
            .status = view.report.state == HEALTH_DOWN || is_refusing(&view) ? 503 : 200,
            .content_type = JSON,
            .body = print_service(health, i, &view, pool),
        };
    }
    return (struct health_answer){.status = 404};
}

/* Serving. */

bool health_page_is(struct text path) { return own_path_is_health(path); }

struct health_answer health_page_answer(const struct health_page *page, struct text path,
                                        bool is_draining, struct pool *pool)
{
    if (text_is(path, OWN_PATH_HEALTH))
        return answer_alive(page, pool);
    if (text_is(path, OWN_PATH_READY))
        return answer_ready(page->health, is_draining, pool);
    must(text_starts(path, of_service));
    struct text name = {path.at + of_service.len, path.len - of_service.len};
    return answer_service(page->health, name, pool);
}

static void send_answer(struct request *request, const struct health_answer *answer)
{
    struct reply_field fields[] = {
        {"content-type", text_of(answer->content_type)},
        {"cache-control", TEXT("no-store")},
    };
    struct text *body = pool_take(request->pool, sizeof(*body));

    *body = answer->body;
    reply_send(request, &(struct reply){
                            .status = answer->status,
                            .fields = fields,
                            .field_count = sizeof(fields) / sizeof(fields[0]),
                            .body = body,
                            .body_count = 1,
                        });
}

bool health_page_serve(const struct health_page *page, struct request *request)
{
    if (!health_page_is(request->path))
        return false;
    if (text_is(request->method, "OPTIONS")) {
        reply_options(request, TEXT(ALLOW));
        return true;
    }
    if (!method_is_read(request->method)) {
        reply_not_allowed(request, TEXT(ALLOW));
        return true;
    }
    struct health_answer answer = health_page_answer(
        page, request->path, atomic_load(&request->worker->common->is_leaving), request->pool);
    if (answer.body.at == NULL)
        reply_error(request, 404, "Not found");
    else
        send_answer(request, &answer);
    return true;
}
