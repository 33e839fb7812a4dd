/* See run_describe.h. */
#include "bff/compose/run_describe.h"
#include "bff/compose/run_settle.h"

static struct json read_value(void *cookie, int part)
{
    const struct run *run = cookie;

    return run->parts[part].value;
}

static void init(struct run *run, size_t i, struct bff_ask *ask)
{
    const struct run_request *request = run->request;

    *ask = (struct bff_ask){
        .plan = request->plan,
        .pool = request->pool,
        .params = request->params,
        .query = request->query,
        .headers = request->headers,
        .client_header = request->client_header,
        .cookie = request->cookie,
        .value = read_value,
        .value_cookie = run,
        .input = request->input,
        .place = (int)i,
        .room = &run->room,
    };
}

bool run_describe_ask(struct run *run, size_t i, struct bff_ask *ask)
{
    init(run, i, ask);
    if (run->request->plan->parts[i].row->when != NULL && !ask_when(ask)) {
        run_settle_left_out(run, i);
        return false;
    }
    ask_run(ask);
    return true;
}

void run_describe_undo(struct run *run, size_t i, struct bff_ask *ask)
{
    init(run, i, ask);
    ask_run_undo(ask);
}
