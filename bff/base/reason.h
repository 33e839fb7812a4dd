/*
 * The reasons why a part is rejected. All layers use this list, and the names are printed. A new
 * reason needs a row in reason.c and a line in docs/.
 */
#ifndef BFF_BASE_REASON_H
#define BFF_BASE_REASON_H

#include <stdbool.h>

enum reason {
    REASON_NONE,      /* the part is not rejected */
    REASON_TIMEOUT,   /* not complete in time; the time for connecting counts, too */
    REASON_CONNECT,   /* no connection: refused, unreachable, no such name, TLS not trusted */
    REASON_RESET,     /* the connection ended before the response was complete */
    REASON_STATUS,    /* the status of the response is not 2xx */
    REASON_TOO_LARGE, /* the body is over its limit, or the list has too many items */
    REASON_BAD_JSON,  /* not JSON (RFC 8259), nested too deeply, or not a value of the kind that the
                         row of the part needs */
    REASON_BAD_HTTP,  /* no valid HTTP/1.1 response, a compressed body, or a head that is too large
                       */
    REASON_BREAKER_OPEN, /* the circuit breaker of the service refused the call */
    REASON_LIMITED,      /* a limit of this server refused the call */
    REASON_SKIPPED,      /* a part that the call needs was rejected or has no value */
    REASON_FORBIDDEN,    /* this user may not see the part */
    REASON_UNKNOWN,      /* a call that changes data was sent, and nothing says what became of it */
    REASON_BODY,         /* only of a health check: the body does not have the expected text */
    REASON_COUNT,
};

/* Returns the name of ${reason} in bodies, headers and logs, for example "timeout". */
const char *reason_name(enum reason reason);

/*
 * Returns the error type for Proxy-Status that is nearest to ${reason}, from the registered types
 * (RFC 9209 section 2.3), for example "http_response_timeout".
 */
const char *reason_proxy_error(enum reason reason);

/*
 * Returns the status of our response when a required part was rejected for ${reason}: 502, 503 or
 * 504, or 404 if the service's status was 404. ${status} is the service's status, or 0 if there is
 * none.
 */
int reason_answer_status(enum reason reason, int status);

/* True when ${reason} alone says that the service has failed, without regard to the status of its
 * answer: there was no connection, no answer in time, no end of the answer, or no valid HTTP. */
bool reason_is_failure(enum reason reason);

#endif
