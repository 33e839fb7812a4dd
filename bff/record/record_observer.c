/* See record_observer.h. */
#include <stdint.h>

#include "bff/base/clock.h"
#include "bff/http/request.h"
#include "bff/record/record.h"
#include "bff/record/record_observer.h"

/* It is the last observer, because the entry takes over what the request has for it. */
static void on_over(struct observed *observed, const struct request *request)
{
    int64_t now_ns;

    if (!request->is_recorded)
        return;
    now_ns = clock_now_ns();
    bool keeps_answers = record_keeps_answers(observed->record, now_ns);
    record_add(observed->record, request->worker->number,
               record_entry_new((struct request *)(uintptr_t)request, now_ns, keeps_answers));
}

const struct observer record_observer = {.on_over = on_over};
