/* See record_observer.h. */
#include <stdint.h>

#include "bff/base/clock.h"
#include "bff/http/request.h"
#include "bff/record/record.h"
#include "bff/record/record_observer.h"

#define WHOLE_EACH 8
#define STATUS_FAILED 400

static bool is_whole(const struct request *request)
{
    int status = request_status(request);

    for (size_t i = 0; i < request->part_count; i++)
        if (request->parts[i].reason != REASON_NONE)
            return false;
    for (size_t i = 0; i < request->call_count; i++)
        if (request->calls[i].reason != REASON_NONE)
            return false;
    return status != 0 && status < STATUS_FAILED;
}

/* Of the requests that are whole, one of WHOLE_EACH is enough to know how the others were. So those
 * that failed stay longer, and most requests cost less. */
static bool is_left_out(const struct request *request)
{
    static _Thread_local unsigned seen;

    return is_whole(request) && seen++ % WHOLE_EACH != 0;
}

static void forget(const struct request *request)
{
    for (size_t i = 0; i < request->call_count; i++)
        value_release(request->calls[i].value);
}

/* It is the last observer, because the entry takes over what the request has for it. */
static void on_over(struct observed *observed, const struct request *request)
{
    int64_t now_ns;

    if (!request->is_recorded)
        return;
    now_ns = clock_now_ns();
    bool keeps_answers = record_keeps_answers(observed->record, now_ns);
    if (!keeps_answers && is_left_out(request)) {
        forget(request);
        return;
    }
    record_add(observed->record, request->worker->number,
               record_entry_new((struct request *)(uintptr_t)request, now_ns, keeps_answers));
}

const struct observer record_observer = {.on_over = on_over};
