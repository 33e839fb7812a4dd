/* See request_id.h. */
#include "bff/base/traceparent.h"
#include "bff/http/field.h"
#include "bff/http/request.h"
#include "bff/http/request_id.h"

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

static struct text make_traceparent(struct request *request, struct text theirs)
{
    struct random *random = &request->worker->random;
    char *own = pool_take(request->pool, TRACEPARENT_LEN);

    if (traceparent_is_sane(theirs))
        traceparent_child(random, theirs, own);
    else
        traceparent_make(random, own);
    return (struct text){own, TRACEPARENT_LEN};
}

struct text request_id_tracestate(const struct request *request)
{
    struct text state = request_list(request, "tracestate");

    if (!traceparent_is_sane(request_header(request, "traceparent")) || state.len == 0 ||
        state.len > TRACESTATE_BYTES || !field_is_value(state))
        return (struct text){0};
    return state;
}

void request_id_read(struct request *request)
{
    struct text id = request_header(request, "x-request-id");

    request->traceparent = make_traceparent(request, request_header(request, "traceparent"));
    request->id = request_id_is_sane(id) ? id : traceparent_trace(request->traceparent);
}
