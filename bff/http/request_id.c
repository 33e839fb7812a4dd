/* See request_id.h. */
#include "bff/base/traceparent.h"
#include "bff/http/field.h"
#include "bff/http/request.h"
#include "bff/http/request_id.h"
#include "bff/http/sampling.h"
#include "bff/http/worker_settings.h"

#define TRACESTATE_BYTES 512 /* W3C Trace Context section 3.3.1.5 */

static bool is_sane_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool request_id_is_sane(struct text id)
{
    if (id.len < 1 || id.len > 128)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (!is_sane_byte(id.at[i]))
            return false;
    return true;
}

/* Returns the traceparent of the request's span; the client's is absent or valid. */
static char *make_traceparent(struct request *request, struct text theirs)
{
    struct random *random = &request->worker->random;
    char *own = pool_take(request->pool, TRACEPARENT_LEN);

    if (theirs.at != NULL)
        traceparent_child(random, theirs, own);
    else
        traceparent_make(random, own);
    return own;
}

/* Without traces, the flag is the client's, or set. */
static void sample(struct request *request, char *traceparent)
{
    const struct tracing_settings *settings = request->settings->http->tracing;

    if (settings == NULL || !settings->is_on)
        return;
    bool is_sampled = sampling_takes(settings, request->traceparent, request->parent.at != NULL);
    traceparent_set_sampled(traceparent, is_sampled);
    request->is_traced = is_sampled || settings->keeps_failed || settings->slow_ms > 0;
}

static void read_trace(struct request *request)
{
    struct text theirs = request_header(request, "traceparent");

    if (!traceparent_is_sane(theirs))
        theirs = (struct text){0};
    else
        request->parent = traceparent_span(theirs);
    char *own = make_traceparent(request, theirs);
    request->traceparent = (struct text){own, TRACEPARENT_LEN};
    sample(request, own);
}

struct text request_id_tracestate(const struct request *request)
{
    struct text state = request_list(request, "tracestate");

    if (request->parent.at == NULL || state.len == 0 || state.len > TRACESTATE_BYTES ||
        !field_is_value(state))
        return (struct text){0};
    return state;
}

void request_id_read(struct request *request)
{
    struct text id = request_header(request, "x-request-id");

    read_trace(request);
    request->id = request_id_is_sane(id) ? id : traceparent_trace(request->traceparent);
}
