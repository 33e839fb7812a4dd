/*
 * A call to the authorizer's service. It belongs to no request: it has its own memory, and it ends
 * with a verdict or a failure for everybody who waits (verdict.h).
 */
#ifndef BFF_EDGE_AUTHORIZER_CALL_H
#define BFF_EDGE_AUTHORIZER_CALL_H

#include <stddef.h>

#include <h2o/linklist.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/edge/authorizer_identity.h"
#include "bff/edge/authorizer_settings.h"
#include "bff/edge/verdict.h"
#include "bff/upstream/upstream.h"

/* The most calls under way in one worker. Some of them may have no request any more. */
#define AUTHORIZER_CALL_MOST 4096

/* How a call has ended, for an event. */
struct authorizer_call_end {
    bool is_good;       /* it was an allow or a deny */
    enum reason reason; /* REASON_NONE: an answer came. When it was not good, it was no verdict */
    int status;         /* of the answer; 0: none came */
};

/* The calls of one worker. The members are set by the user before authorizer_call_init. */
struct authorizer_calls {
    const struct authorizer_settings *settings;
    struct upstream *upstream;
    void (*ended)(void *cookie, const struct authorizer_call_end *end); /* for each call */
    void *cookie;

    /* authorizer_call.c's own */
    h2o_linklist_t under_way;
    size_t count;
};

void authorizer_call_init(struct authorizer_calls *calls);

/* Asks about ${identity}. ${lead} goes over. What the call needs is copied. When there are too many
 * calls, it fails at once. */
void authorizer_call_start(struct authorizer_calls *calls, struct verdict_lead *lead,
                           const struct authorizer_identity *identity,
                           const struct request *request);

/* Gives up all calls. */
void authorizer_call_drop_all(struct authorizer_calls *calls);

#endif
