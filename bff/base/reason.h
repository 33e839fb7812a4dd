/*
 * Why a part was rejected: one closed list, used by every layer, printed by name. A new reason is
 * a row in reason.c and a line in docs/.
 */
#ifndef BFF_BASE_REASON_H
#define BFF_BASE_REASON_H

enum reason {
    REASON_NONE,         /* fulfilled */
    REASON_TIMEOUT,      /* not settled in time, connecting included */
    REASON_CONNECT,      /* no connection: refused, unreachable, no such name, TLS not trusted */
    REASON_RESET,        /* the connection ended before the answer did */
    REASON_STATUS,       /* the service answered with a status that is not 2xx */
    REASON_TOO_LARGE,    /* body over its limit, or more list items than the row allows */
    REASON_BAD_JSON,     /* not RFC 8259, too deep, or not the kind that the row needs */
    REASON_BAD_HTTP,     /* not an HTTP/1.1 answer that we accept, a coded body, a head too big */
    REASON_BREAKER_OPEN, /* the circuit breaker did not let the call through */
    REASON_LIMITED,      /* a limit of ours did not let the call through */
    REASON_SKIPPED,      /* what the call needs was rejected or is missing */
    REASON_FORBIDDEN,    /* not this user's to see */
    REASON_COUNT,
};

/* The word for it in bodies, headers and logs: "timeout". */
const char *reason_name(enum reason reason);

/*
 * The error type registered for Proxy-Status (RFC 9209 section 2.3) that comes nearest:
 * "http_response_timeout".
 */
const char *reason_proxy_error(enum reason reason);

/* The status of an answer whose required part was rejected for ${reason}; ${status} is the
 * service's own, 0 when it gave none. 502, 503, 504, or 404 for the service's 404. */
int reason_answer_status(enum reason reason, int status);

#endif
