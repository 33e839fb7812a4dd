/* See health_page.h. */
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/json/json_print.h"
#include "bff/http/method.h"
#include "bff/http/own_path.h"
#include "bff/http/reply.h"

#include "bff/app/health_page.h"

#define ALLOW "GET, HEAD, OPTIONS"
#define JSON "application/json; charset=utf-8"
#define HEALTH_JSON "application/health+json" /* draft-inadarei-api-health-check */

static const struct text of_service = {OWN_PATH_SERVICE, sizeof(OWN_PATH_SERVICE) - 1};

/* Printing. */

static void print_word(struct json_print *out, const char *name, const char *word)
{
    json_print_key(out, name);
    json_print_string(out, text_of(word));
}

static void print_time(struct json_print *out, const char *name, int64_t wall_ms)
{
    char iso[CLOCK_ISO_SIZE];

    clock_iso(wall_ms, iso);
    print_word(out, name, iso);
}

/* /health. */

static const char *verdict(const struct health_report *report)
{
    if (report->state == HEALTH_DOWN)
        return "fail";
    return report->endpoints_down > 0 ? "warn" : "pass";
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

static void print_check(struct json_print *out, const struct health_report *report)
{
    json_print_raw(out, TEXT("[{"));
    print_word(out, "status", verdict(report));
    if (report->asked_ms > 0) {
        int64_t tenths = report->took_ns / (CLOCK_MS / 10);
        print_time(out, "time", report->asked_ms);
        json_print_key(out, "observedValue");
        json_print_raw(out, pool_print(out->pool, "%lld.%lld", (long long)(tenths / 10),
                                       (long long)(tenths % 10)));
        print_word(out, "observedUnit", "ms");
    }
    if (report->reason != REASON_NONE)
        print_output(out, report);
    json_print_raw(out, TEXT("}]"));
}

/* This server counts as healthy even when a service is down, because a restart of this server would
 * not help. */
static struct health_answer answer_alive(struct health *health, struct pool *pool)
{
    struct json_print checks, all;
    bool is_well = true;

    json_print_init(&checks, pool);
    json_print_raw(&checks, TEXT("{"));
    for (size_t i = 0; i < health_count(health); i++) {
        struct health_report report = health_read(health, i);
        json_print_key(&checks, health_service(health, i)->service->name);
        print_check(&checks, &report);
        is_well = is_well && report.endpoints_down == 0;
    }
    json_print_raw(&checks, TEXT("}"));

    json_print_init(&all, pool);
    json_print_raw(&all, TEXT("{"));
    print_word(&all, "status", is_well ? "pass" : "warn");
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

/* Of a service, or of an endpoint. */
static void print_state(struct json_print *out, const struct health_report *report)
{
    static const char *const words[] = {
        [HEALTH_UNKNOWN] = "unknown", [HEALTH_UP] = "up", [HEALTH_DOWN] = "down"};

    print_word(out, "status", words[report->state]);
    if (report->state == HEALTH_DOWN) {
        print_word(out, "reason", reason_name(report->reason));
        if (report->status > 0) {
            json_print_key(out, "httpStatus");
            json_print_int(out, report->status);
        }
    }
    print_time(out, "since", report->since_ms);
}

static struct text print_endpoints(struct health *health, size_t service, struct pool *pool)
{
    const struct service_settings *settings = health_service(health, service);
    struct json_print list;

    json_print_init(&list, pool);
    json_print_raw(&list, TEXT("["));
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        struct health_report report = health_read_endpoint(health, service, i);
        struct json_print one;
        json_print_init(&one, pool);
        json_print_raw(&one, TEXT("{"));
        print_word(&one, "endpoint", settings->endpoints[i].authority);
        print_state(&one, &report);
        json_print_raw(&one, TEXT("}"));
        json_print_raw(&list, i == 0 ? TEXT("") : TEXT(","));
        json_print_raw(&list, json_print_text(&one));
    }
    json_print_raw(&list, TEXT("]"));
    return json_print_text(&list);
}

static struct text print_service(struct health *health, size_t service,
                                 const struct health_report *report, struct pool *pool)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    print_word(&out, "service", health_service(health, service)->service->name);
    print_state(&out, report);
    json_print_key(&out, "endpoints");
    json_print_raw(&out, print_endpoints(health, service, pool));
    json_print_raw(&out, TEXT("}"));
    return json_print_text(&out);
}

static struct health_answer answer_service(struct health *health, struct text name,
                                           struct pool *pool)
{
    for (size_t i = 0; i < health_count(health); i++) {
        if (!text_is(name, health_service(health, i)->service->name))
            continue;
        struct health_report report = health_read(health, i);
        return (struct health_answer){
            .status = report.state == HEALTH_DOWN ? 503 : 200,
            .content_type = JSON,
            .body = print_service(health, i, &report, pool),
        };
    }
    return (struct health_answer){.status = 404};
}

/* Serving. */

bool health_page_is(struct text path) { return own_path_is(path); }

struct health_answer health_page_answer(const struct health_page *page, struct text path,
                                        bool is_draining, struct pool *pool)
{
    if (text_is(path, OWN_PATH_HEALTH))
        return answer_alive(page->health, pool);
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
