/* See batch.h. */
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/loop/uring.h"
#include "bff/upstream/batch.h"

#define LOT_CALLS (URING_CALLS / 2)

/* The calls of one kind: all sends, or all receives. A call that was cancelled (batch_forget) is
 * NULL. */
struct lot {
    struct batch_call *calls[LOT_CALLS];
    struct uring_call made[LOT_CALLS];
    size_t count;
};

struct batch {
    h2o_loop_t *loop;
    h2o_timeout_t *soon;
    h2o_timeout_entry_t step;
    struct uring *uring;
    struct lot sends, receives;
    char *send_bytes; /* LOT_CALLS * BATCH_SEND_BYTES, used from the front */
    size_t send_len;
    char *receive_bytes; /* BATCH_RECEIVE_BYTES for each of LOT_CALLS */
};

static void hand_over(struct batch *batch, struct lot *lot)
{
    for (size_t i = 0; i < lot->count; i++)
        if (lot->calls[i] != NULL)
            uring_add(batch->uring, &lot->made[i]);
}

/* Calls the done function of each call. A done function may cancel other calls. It may add calls to
 * the other lot, but not to this one. */
static void tell(struct lot *lot)
{
    for (size_t i = 0; i < lot->count; i++) {
        struct batch_call *call = lot->calls[i];
        if (call == NULL)
            continue;
        call->place = NULL;
        call->done(call, lot->made[i].at, lot->made[i].result);
    }
    lot->count = 0;
}

static void send_all(struct batch *batch)
{
    hand_over(batch, &batch->sends);
    uring_run(batch->uring);
    batch->send_len = 0;
    tell(&batch->sends);
}

/* Waits until the loop has nothing else to do in this step, because other work may add more
 * calls. */
static void on_step(h2o_timeout_entry_t *entry)
{
    struct batch *batch = H2O_STRUCT_FROM_MEMBER(struct batch, step, entry);

    if (!h2o_linklist_is_empty(&batch->soon->_entries)) {
        h2o_timeout_link(batch->loop, batch->soon, &batch->step);
        return;
    }
    hand_over(batch, &batch->receives);
    send_all(batch);
    tell(&batch->receives);
}

struct batch *batch_new(h2o_loop_t *loop, h2o_timeout_t *soon)
{
    struct uring *uring = uring_new();

    if (uring == NULL)
        return NULL;
    struct batch *batch = memory_new(sizeof(*batch));
    batch->loop = loop;
    batch->soon = soon;
    batch->step.cb = on_step;
    batch->uring = uring;
    batch->send_bytes = memory_new(LOT_CALLS * BATCH_SEND_BYTES);
    batch->receive_bytes = memory_new(LOT_CALLS * BATCH_RECEIVE_BYTES);
    return batch;
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    h2o_timeout_unlink(&batch->step);
    uring_free(batch->uring);
    memory_free(batch->send_bytes);
    memory_free(batch->receive_bytes);
    memory_free(batch);
}

static void add(struct batch *batch, struct lot *lot, struct batch_call *call,
                const struct uring_call *made)
{
    must(call->place == NULL && lot->count < LOT_CALLS);
    lot->calls[lot->count] = call;
    lot->made[lot->count] = *made;
    call->place = &lot->calls[lot->count++];
    if (!h2o_timeout_is_linked(&batch->step))
        h2o_timeout_link(batch->loop, batch->soon, &batch->step);
}

char *batch_room(struct batch *batch)
{
    if (batch->sends.count == LOT_CALLS)
        send_all(batch);
    return batch->send_bytes + batch->send_len;
}

void batch_send(struct batch *batch, int fd, size_t len, struct batch_call *call)
{
    struct uring_call made = {
        .is_send = true, .fd = fd, .at = batch->send_bytes + batch->send_len, .len = len};

    must(len <= BATCH_SEND_BYTES);
    batch->send_len += len;
    add(batch, &batch->sends, call, &made);
}

bool batch_receive(struct batch *batch, int fd, struct batch_call *call)
{
    if (batch->receives.count == LOT_CALLS)
        return false;
    struct uring_call made = {
        .fd = fd,
        .at = batch->receive_bytes + batch->receives.count * BATCH_RECEIVE_BYTES,
        .len = BATCH_RECEIVE_BYTES,
    };
    add(batch, &batch->receives, call, &made);
    return true;
}

void batch_forget(struct batch_call *call)
{
    if (call->place == NULL)
        return;
    *call->place = NULL;
    call->place = NULL;
}
