/* See request_id.h. */
#include "bff/base/random.h"
#include "bff/http/field.h"
#include "bff/http/request_id.h"
#include "bff/http/request.h"

#define TRACE_DIGITS 32
#define TRACESTATE_BYTES 512 /* W3C Trace Context section 3.3.1.5 */
#define SPAN_DIGITS 16
#define TRACEPARENT_LEN (3 + TRACE_DIGITS + 1 + SPAN_DIGITS + 3)

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

static bool is_hex(struct text text, bool may_be_zero)
{
    bool is_zero = true;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        is_zero &= c == '0';
    }
    return may_be_zero || !is_zero;
}

bool request_id_is_traceparent(struct text traceparent)
{
    const char *at = traceparent.at;

    if (traceparent.len != TRACEPARENT_LEN || !text_starts(traceparent, TEXT("00-")))
        return false;
    return at[3 + TRACE_DIGITS] == '-' && at[TRACEPARENT_LEN - 3] == '-' &&
           is_hex((struct text){at + 3, TRACE_DIGITS}, false) &&
           is_hex((struct text){at + 4 + TRACE_DIGITS, SPAN_DIGITS}, false) &&
           is_hex((struct text){at + TRACEPARENT_LEN - 2, 2}, true);
}

/* Our own span in the client's trace, with its flags; or a trace of our own, sampled. */
static struct text make_traceparent(struct request *request, struct text theirs)
{
    char *own = pool_take(request->pool, TRACEPARENT_LEN);

    memcpy(own, "00-", 3);
    if (request_id_is_traceparent(theirs)) {
        memcpy(own, theirs.at, TRACEPARENT_LEN);
    } else {
        random_hex(&request->worker->random, own + 3, TRACE_DIGITS);
        own[3 + TRACE_DIGITS] = '-';
        memcpy(own + TRACEPARENT_LEN - 3, "-01", 3);
    }
    random_hex(&request->worker->random, own + 4 + TRACE_DIGITS, SPAN_DIGITS);
    return (struct text){own, TRACEPARENT_LEN};
}

struct text request_id_tracestate(const struct request *request)
{
    struct text state = request_list(request, "tracestate");

    if (!request_id_is_traceparent(request_header(request, "traceparent")) || state.len == 0 ||
        state.len > TRACESTATE_BYTES || !field_is_value(state))
        return (struct text){0};
    return state;
}

void request_id_read(struct request *request)
{
    struct text id = request_header(request, "x-request-id");

    request->traceparent = make_traceparent(request, request_header(request, "traceparent"));
    request->id =
        request_id_is_sane(id) ? id : (struct text){request->traceparent.at + 3, TRACE_DIGITS};
}
