/* See reason.h. */
#include <stddef.h>

#include "bff/base/check.h"
#include "bff/base/reason.h"

/*
 * name         in bodies, headers and logs
 * proxy_error  the registered error type of RFC 9209. There is no type for an error status of a
 *              service, so the nearest one says that the destination could not be used
 * status       of the response when a required part is rejected for this reason
 */
static const struct {
    const char *name, *proxy_error;
    int status;
} rows[REASON_COUNT] = {
    [REASON_NONE] = {"none", "", 200},
    [REASON_TIMEOUT] = {"timeout", "http_response_timeout", 504},
    [REASON_CONNECT] = {"connect", "connection_refused", 502},
    [REASON_RESET] = {"reset", "connection_terminated", 502},
    [REASON_STATUS] = {"status", "destination_unavailable", 502},
    [REASON_TOO_LARGE] = {"too_large", "http_response_body_size", 502},
    [REASON_BAD_JSON] = {"bad_json", "http_protocol_error", 502},
    [REASON_BAD_HTTP] = {"bad_http", "http_protocol_error", 502},
    [REASON_BREAKER_OPEN] = {"breaker_open", "destination_unavailable", 503},
    [REASON_LIMITED] = {"limited", "connection_limit_reached", 503},
    [REASON_SKIPPED] = {"skipped", "proxy_internal_response", 502},
    [REASON_FORBIDDEN] = {"forbidden", "http_request_denied", 502},
    [REASON_UNKNOWN] = {"unknown", "connection_terminated", 504},
    [REASON_BODY] = {"body", "http_protocol_error", 502},
};

const char *reason_name(enum reason reason)
{
    must(reason < REASON_COUNT);
    return rows[reason].name;
}

const char *reason_proxy_error(enum reason reason)
{
    must(reason < REASON_COUNT);
    return rows[reason].proxy_error;
}

int reason_answer_status(enum reason reason, int status)
{
    must(reason != REASON_NONE && reason < REASON_COUNT);
    if (reason == REASON_STATUS && status == 404)
        return 404;
    return rows[reason].status;
}

bool reason_is_failure(enum reason reason)
{
    switch (reason) {
    case REASON_TIMEOUT:
    case REASON_CONNECT:
    case REASON_RESET:
    case REASON_BAD_HTTP:
        return true;
    default:
        return false;
    }
}
