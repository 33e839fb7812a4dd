/* Calls that change data. See compose_change.h and ask_describe.h. */
#include "bff/base/log.h"
#include "bff/compose/ask.h"
#include "bff/compose/ask_describe.h"
#include "bff/http/method.h"

/* The rehearsal found no such call, so the checks at start did not order it. */
static void refuse(const struct bff_ask *ask, struct ask_call *call)
{
    struct log_field fields[] = {
        {"composite", .text = ask->plan->path},
        {"part", .text = ask->plan->parts[ask->place].name},
        {"message", .text = TEXT("its ask function described a call that changes data only at this "
                                 "request, so the call is not made")},
        {0},
    };

    call->is_skipped = true;
    log_event("unplanned_change", fields);
}

static void change(struct bff_ask *ask, const char *by, struct text method,
                   const struct bff_service *service, const char *path)
{
    struct ask_call *call = ask_begin(ask, by, service, path);

    if (call == NULL)
        return;
    call->method = method;
    ask->changes = true;
    if (!ask->is_rehearsal && !ask->plan->parts[ask->place].changes)
        refuse(ask, call);
}

void ask_post(struct bff_ask *ask, const struct bff_service *service, const char *path)
{
    change(ask, "ask_post", TEXT("POST"), service, path);
}

void ask_put(struct bff_ask *ask, const struct bff_service *service, const char *path)
{
    change(ask, "ask_put", TEXT("PUT"), service, path);
}

void ask_patch(struct bff_ask *ask, const struct bff_service *service, const char *path)
{
    change(ask, "ask_patch", TEXT("PATCH"), service, path);
}

void ask_delete(struct bff_ask *ask, const struct bff_service *service, const char *path)
{
    change(ask, "ask_delete", TEXT("DELETE"), service, path);
}

void ask_change_end(struct bff_ask *ask, struct ask_call *call)
{
    ask_body_close(ask, call);
    if (call->body.at != NULL)
        call->headers = pool_print(ask->pool,
                                   "%.*scontent-type: application/json\r\n"
                                   "content-length: %zu\r\n",
                                   TEXT_ARGS(call->headers), call->body.len);
    else if (method_has_body(call->method))
        call->headers =
            pool_print(ask->pool, "%.*scontent-length: 0\r\n", TEXT_ARGS(call->headers));
}
