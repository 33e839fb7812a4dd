/*
 * The answer of a composite and its budgets, as plain data. bff/compose makes one when the request
 * is over, and stores it in request->made.
 */
#ifndef BFF_OBSERVE_ANSWER_REPORT_H
#define BFF_OBSERVE_ANSWER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answer_report {
    size_t bytes;       /* of its body before compression; 0: it has none (304) */
    int64_t took_ns;    /* from the request until it could be made */
    bool is_over_bytes; /* it is larger than .budget_bytes */
    bool is_over_time;  /* it took longer than .p95_ms */
};

#endif
