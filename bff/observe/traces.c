/* See traces.h. */
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/traceparent.h"
#include "bff/http/request.h"
#include "bff/observe/span_pending.h"
#include "bff/observe/traces.h"
#include "bff/observe/traces_span.h"
#include "bff/upstream/call.h"

#define OFFSET_TOLERANCE_NS (20 * CLOCK_MS)

struct traces_worker {
    const struct tracing_settings *settings;
    struct span_export *export;
    struct span_pending *pending; /* NULL: no request is kept because of its end */
    int64_t offset_ns;            /* from clock_now_ns to the time of day */
};

/* The time of day is read in milliseconds, so a new offset would move some spans of a request
 * against others. It only changes when somebody has set the clock. */
static int64_t offset_of(struct traces_worker *traces, int64_t now_ns)
{
    int64_t offset_ns = clock_wall_ms() * CLOCK_MS - now_ns;
    int64_t moved_ns = offset_ns - traces->offset_ns;

    if (moved_ns > OFFSET_TOLERANCE_NS || moved_ns < -OFFSET_TOLERANCE_NS)
        traces->offset_ns = offset_ns;
    return traces->offset_ns;
}

struct traces_worker *traces_new(const struct span_export_parts *parts)
{
    struct traces_worker *traces = memory_new(sizeof(*traces));

    traces->settings = parts->settings;
    traces->export = span_export_new(parts);
    if (parts->settings->keeps_failed || parts->settings->slow_ms > 0)
        traces->pending = span_pending_new();
    return traces;
}

static void keep(void *cookie, const struct span *span)
{
    struct traces_worker *traces = cookie;

    span_export_add(traces->export, span, traces->offset_ns);
}

/* Calls. */

static void on_call(struct observed *observed, const struct call_report *report)
{
    struct traces_worker *traces = observed->traces;
    struct traces_span_room room;
    struct span span;

    if (traces == NULL || report->traceparent.at == NULL)
        return;
    bool is_sampled = traceparent_is_sampled(report->traceparent);
    if (!is_sampled && traces->pending == NULL)
        return;
    traces_span_call(&span, report, &room);
    offset_of(traces, report->ended_ns);
    if (is_sampled)
        keep(traces, &span);
    else
        span_pending_add(traces->pending, &span);
}

/* Requests. */

/* The time of an upload is not counted. */
static bool is_kept(const struct traces_worker *traces, const struct request *request,
                    int64_t ended_ns)
{
    const struct tracing_settings *settings = traces->settings;

    if (traceparent_is_sampled(request->traceparent))
        return true;
    if (settings->keeps_failed && traces_span_is_failure(request))
        return true;
    return settings->slow_ms > 0 && ended_ns - request->began_ns >= settings->slow_ms * CLOCK_MS;
}

static void keep_request(struct traces_worker *traces, const struct request *request,
                         int64_t ended_ns)
{
    struct traces_span_room room;
    struct span span;

    offset_of(traces, ended_ns);
    traces_span_request(&span, request, ended_ns, &room);
    keep(traces, &span);
    for (size_t i = 0; i < request->part_count; i++) {
        if (request->parts[i].started_ns == 0)
            continue;
        traces_span_part(&span, request, i, &room);
        keep(traces, &span);
    }
}

static void on_over(struct observed *observed, const struct request *request)
{
    struct traces_worker *traces = observed->traces;
    int64_t ended_ns;

    if (traces == NULL || !request->is_traced)
        return;
    ended_ns = request->ended_ns != 0 ? request->ended_ns : clock_now_ns();
    bool keeps = is_kept(traces, request, ended_ns);
    if (keeps)
        keep_request(traces, request, ended_ns);
    if (traces->pending != NULL && !traceparent_is_sampled(request->traceparent))
        span_pending_take(traces->pending, traceparent_span(request->traceparent),
                          keeps ? keep : NULL, traces);
}

const struct observer traces_observer = {.on_call = on_call, .on_over = on_over};

/* The end. */

void traces_leave(struct traces_worker *traces)
{
    if (traces != NULL)
        span_export_leave(traces->export);
}

bool traces_flush(struct traces_worker *traces)
{
    return traces == NULL || span_export_flush(traces->export);
}

void traces_stop(struct traces_worker *traces)
{
    if (traces != NULL)
        span_export_stop(traces->export);
}

void traces_free(struct traces_worker *traces)
{
    if (traces == NULL)
        return;
    span_export_free(traces->export);
    span_pending_free(traces->pending);
    memory_free(traces);
}
