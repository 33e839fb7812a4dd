/*
 * The outcome of one part of a composite's answer, as plain data. bff/compose makes one for each
 * part when the request is over, and stores them in request->parts.
 */
#ifndef BFF_OBSERVE_PART_REPORT_H
#define BFF_OBSERVE_PART_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/observe/attempts_report.h"

struct part_report {
    struct text name;
    enum reason reason; /* why the part failed, or its first item that failed; else NONE */
    bool is_cancelled;  /* the run ended before the part had settled */
    bool is_unchosen;   /* the client has not chosen the part, and no other part needs it: nobody
                           tells of it */
    bool is_list;       /* one item for each call */
    int64_t started_ns; /* of clock_now_ns; 0: it was never started */
    int64_t took_ns;    /* 0: it was never started */
    struct text cache;  /* what the cache has done for the part, or for its first item that was not
                           a hit: "hit", "stale", "miss", "collapsed", "late", "bypass"; absent: the
                           part is not cached, or needed no call */
    size_t calls; /* that were made for this list part; a shared call counts only for the part that
                     made it */

    /* Only of a request that is recorded: the calls that the part has waited for, as places in
     * request->calls. Parts may share a call. */
    const unsigned *places;
    size_t place_count;

    /* About one call of the part. For a list it is the call of the first item that failed, or of
     * the first item when none failed. */
    bool has_call;       /* false: no call was made, and the rest is empty */
    struct text service; /* "users" */
    struct attempts_report attempts;
    int status; /* of the service's answer; 0: no answer came */
};

#endif
