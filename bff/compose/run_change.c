/* See run_change.h. */
#include <string.h>

#include "bff/base/log.h"
#include "bff/compose/idempotency_key.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_fault.h"
#include "bff/compose/run_settle.h"

struct text run_change_headers(const struct run_request *request, struct text headers,
                               struct text part, bool is_undo, struct text *key)
{
    char bytes[IDEMPOTENCY_KEY_PART_BYTES];

    *key = (struct text){0};
    if (request->change_hash == NULL)
        return headers;
    *key = pool_text(request->pool,
                     idempotency_key_for_part(request->change_hash, part, is_undo, bytes));
    return pool_print(request->pool, "%.*sidempotency-key: %.*s\r\n", TEXT_ARGS(headers),
                      TEXT_ARGS(*key));
}

void run_change_begin(struct run_call *call)
{
    call->run->change = (struct run_change){
        .call = call,
        .sends = 1,
        .at_ns = INT64_MAX,
        .has_left = call->run->request->is_again,
    };
}

int64_t run_change_pause_ns(unsigned sends)
{
    int64_t pause_ns = RUN_CHANGE_PAUSE_NS;

    while (--sends > 0)
        pause_ns *= 3;
    return pause_ns;
}

/* What an answer says about the change. */

static bool is_success(int status) { return status >= 200 && status <= 299; }

/* The service has read the request, and has refused it. */
static bool is_refusal(int status) { return status >= 400 && status <= 499 && status != 408; }

/* A refusal that may be about the second send only. Whether the first one has changed anything is
 * not told: the user's token may have expired since, or the first one may be still at work. */
static bool is_about_again(int status)
{
    static const int statuses[] = {401, 403, 409, 421, 425, 429};

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i] == status)
            return true;
    return false;
}

static bool has_answer(const struct fetch *fetch)
{
    return fetch->reason == REASON_NONE || fetch->reason == REASON_STATUS ||
           fetch->reason == REASON_BAD_JSON || fetch->reason == REASON_TOO_LARGE;
}

/* Returns what the last send of the call has told. ${had_left}: bytes of an earlier one have left.
 */
static enum run_changed told(const struct fetch *fetch, bool had_left)
{
    if (!had_left && !fetch->has_left)
        return RUN_UNCHANGED;
    if (!has_answer(fetch))
        return RUN_CHANGE_UNKNOWN;
    if (is_success(fetch->status))
        return RUN_CHANGED;
    if (is_refusal(fetch->status) && !(had_left && is_about_again(fetch->status)))
        return RUN_UNCHANGED;
    return RUN_CHANGE_UNKNOWN;
}

#define LOG_FIELDS 7

static void describe(const struct run *run, size_t i, const char *call, struct text key,
                     struct log_field fields[LOG_FIELDS])
{
    const struct run_part *part = &run->parts[i];
    const struct plan *plan = run->request->plan;
    enum reason reason = part->undo.is_asked ? part->undo.reason : part->reason;
    struct log_field all[LOG_FIELDS] = {{"composite", .text = plan->path},
                                        {"part", .text = plan->parts[i].name},
                                        {"call", .text = text_of(call)},
                                        {"reason", .text = text_of(reason_name(reason))},
                                        {"key", .text = key.at == NULL ? TEXT("") : key},
                                        {"requestId", .text = run->request->request_id}};

    memcpy(fields, all, sizeof(all));
}

void run_change_unresolved(const struct run *run, size_t i, const char *call, struct text key)
{
    struct log_field fields[LOG_FIELDS];

    describe(run, i, call, key, fields);
    log_event("unresolved", fields);
}

void run_change_undone(const struct run *run, size_t i, struct text key)
{
    struct log_field fields[LOG_FIELDS];

    describe(run, i, "undo", key, fields);
    log_event("undone", fields);
}

/* Only changes of an earlier run are not known before they are asked for. */
void run_change_settle_rest(struct run *run)
{
    for (size_t i = 0; i < run->request->plan->part_count; i++)
        if (run->parts[i].changed == RUN_CHANGE_UNKNOWN && !run->parts[i].is_settled)
            run_settle_part(run, i, REASON_UNKNOWN, 0);
}

/* The part ${i} has changed nothing, so the parts that wait for it were never asked to. */
static void clear_later(struct run *run, size_t i)
{
    for (i++; i < run->request->plan->part_count; i++)
        if (run->parts[i].changed == RUN_CHANGE_UNKNOWN)
            run->parts[i].changed = RUN_UNCHANGED;
}

/* The call is over. When an answer has begun with 2xx but was cut, the change was made. */
static void end(struct run *run, enum run_changed outcome)
{
    struct run_change *change = &run->change;
    struct run_part *part = &run->parts[change->call->maker];

    part->changed = outcome == RUN_CHANGE_UNKNOWN && change->is_done ? RUN_CHANGED : outcome;
    change->call->fetch.status = change->status;
    if (part->changed == RUN_CHANGE_UNKNOWN)
        change->call->fetch.reason = REASON_UNKNOWN;
    else if (part->changed == RUN_UNCHANGED)
        clear_later(run, change->call->maker);
    change->call = NULL;
}

static bool may_send_again(const struct run *run, int64_t at_ns)
{
    return run->request->change_hash != NULL && run->change.sends <= RUN_CHANGE_AGAIN &&
           at_ns < run->deadline_ns + RUN_CHANGE_TOTAL_NS;
}

bool run_change_is_told(struct run_call *call)
{
    struct run *run = call->run;
    struct run_change *change = &run->change;
    enum run_changed outcome = told(&call->fetch, change->has_left);
    int64_t at_ns = run->now_ns + run_change_pause_ns(change->sends);

    change->has_left |= call->fetch.has_left;
    change->is_done |= is_success(call->fetch.status);
    if (call->fetch.status != 0)
        change->status = call->fetch.status;
    if (outcome != RUN_CHANGE_UNKNOWN || !may_send_again(run, at_ns)) {
        end(run, outcome);
        return true;
    }
    change->is_waiting = true;
    change->at_ns = at_ns;
    return false;
}

void run_change_settle(struct run_call *call)
{
    struct run_change *change = &call->run->change;

    change->status = call->fetch.status;
    end(call->run, told(&call->fetch, change->has_left));
}

/* Time. */

static void send_again(struct run *run)
{
    struct run_change *change = &run->change;
    struct run_call *call = change->call;
    int64_t last_ns = run->deadline_ns + RUN_CHANGE_TOTAL_NS;
    fetch_done done = call->fetch.done;

    change->is_waiting = false;
    change->sends++;
    change->at_ns = run->now_ns + RUN_CHANGE_SEND_NS;
    if (change->at_ns > last_ns)
        change->at_ns = last_ns;
    call->ask.until_ns = change->at_ns;
    fetch_release(&call->fetch);
    fetch_start(&call->fetch, run->request->upstream, &call->ask, done, call);
}

/* Ends the send that is under way. Returns true when the outcome is known. */
static bool give_up(struct run_call *call)
{
    run_fault_stop(call);
    fetch_time_over(&call->fetch);
    call->fetch.reason = REASON_TIMEOUT;
    return run_change_is_told(call);
}

bool run_change_goes_on(struct run *run, size_t i)
{
    struct run_call *call = run->change.call;

    if (call == NULL || call->maker != i)
        return false;
    run->parts[i].deadline_ns = INT64_MAX;
    if (run->change.sends > 1 || run->change.is_waiting || !give_up(call))
        return true;
    run_calls_end(call, RUN_CALL_CANCELLED);
    return false;
}

struct run_call *run_change_step(struct run *run)
{
    struct run_call *call = run->change.call;

    if (call == NULL || run->now_ns < run->change.at_ns)
        return NULL;
    if (!run->change.is_waiting)
        return give_up(call) ? call : NULL;
    send_again(run);
    return NULL;
}

void run_change_cut(struct run *run)
{
    struct run_call *call = run->change.call;

    if (call == NULL)
        return;
    run->parts[call->maker].reason = REASON_UNKNOWN;
    run_change_unresolved(run, call->maker, "change", call->change_key);
}
