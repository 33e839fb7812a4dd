/*
 * A call that a request has made, as plain data for the recorder (bff/record). bff/compose and
 * bff/proxy make them when a request with is_recorded is over, and store them in request->calls.
 */
#ifndef BFF_OBSERVE_CALL_RECORD_H
#define BFF_OBSERVE_CALL_RECORD_H

#include <stdbool.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/observe/attempts_report.h"
#include "bff/upstream/call.h"

struct value;

/*
 *   service    "reviews"
 *   method, target  what was asked: "GET", "/reviews?productId=p1"
 *   attempts   without an endpoint when no attempt was made, as for an answer of the cache
 *   reason     why there is no answer; REASON_NONE: there is one, or the call was cancelled
 *   status     of the service's answer; 0: no answer came
 *   is_cancelled  it was cancelled, because nobody needed its answer any more
 *   times      all 0 for an answer of the cache
 *   value      the answer; held, and released by the recorder. NULL: none, or it was not JSON
 */
struct call_record {
    struct text service;
    struct text method;
    struct text target;
    struct attempts_report attempts;
    enum reason reason;
    int status;
    bool is_cancelled;
    struct call_times times;
    struct value *value;
};

#endif
