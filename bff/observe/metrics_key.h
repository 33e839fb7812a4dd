/*
 * The labels of a histogram as a number, so that counting compares numbers and not texts. Every
 * label has few values: methods are those of a list or "_OTHER", statuses have three digits.
 */
#ifndef BFF_OBSERVE_METRICS_KEY_H
#define BFF_OBSERVE_METRICS_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"

/* Why a request or a call failed: an enum reason, or one of these. */
enum metrics_error {
    METRICS_ERROR_NONE = REASON_NONE,
    METRICS_ERROR_CLIENT_LEFT = REASON_COUNT, /* of a request, before its answer was complete */
    METRICS_ERROR_CANCELLED, /* of a call or a part: the request or another answer ended it */
    METRICS_ERROR_STATUS,    /* the status says it */
};

/* Where the value of a part comes from. */
enum metrics_source {
    METRICS_SOURCE_NETWORK,
    METRICS_SOURCE_CACHE,
    METRICS_SOURCE_STALE,
    METRICS_SOURCE_FALLBACK,
    METRICS_SOURCE_NONE, /* no call was needed */
    METRICS_SOURCES,
};

struct metrics_key {
    unsigned method; /* of metrics_key_method */
    bool is_tls;
    unsigned status; /* 0 to 999; 0: none */
    unsigned error;  /* enum metrics_error */
    enum metrics_source source;
};

/* Returns the number of ${method} in the list of OpenTelemetry's conventions. */
unsigned metrics_key_method(struct text method);

/* Returns the method of the number: "GET", or "_OTHER". */
struct text metrics_key_method_name(unsigned method);

/* Returns the word for the label error_type; absent: none. ${status} is that of the answer. */
struct text metrics_key_error_name(unsigned error, unsigned status, char digits[4]);

/* Returns the word for the label source. */
struct text metrics_key_source_name(enum metrics_source source);

static inline uint32_t metrics_key_pack(const struct metrics_key *key)
{
    return key->method | (uint32_t)key->is_tls << 4 | key->status << 5 | key->error << 15 |
           (uint32_t)key->source << 20;
}

struct metrics_key metrics_key_unpack(uint32_t packed);

#endif
