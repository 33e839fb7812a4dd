/*
 * Counts of the process that have no name but their own: connections, sessions, lines of the log.
 * What is counted by route, service or limit is in bff/observe/metrics.h.
 *
 * Each thread has counts of its own, so counting is one load and one store, and no thread waits for
 * another one or takes its cache line. A count never falls and survives a change of the
 * configuration. A gauge is the difference of two counts.
 */
#ifndef BFF_BASE_TALLY_H
#define BFF_BASE_TALLY_H

#include <stdint.h>

enum tally {
    TALLY_REQUESTS_BEGUN, /* of clients, not of operators */
    TALLY_REQUESTS_ENDED,
    TALLY_CONNECTIONS_ACCEPTED,
    TALLY_CONNECTIONS_CLOSED,  /* of those that were accepted, refused ones included */
    TALLY_CONNECTIONS_REFUSED, /* by a limit (limits.connections and others) */
    TALLY_TLS_FAILED,          /* handshakes of clients */
    TALLY_CLIENTS_SLOW,        /* connections that were ended because the client was too slow */
    TALLY_LOG_DROPPED,         /* lines */
    TALLY_SPANS_EXPORTED,      /* that a collector has taken */
    TALLY_SPANS_DROPPED,       /* for which there was no room, or that no collector has taken */
    TALLY_SESSIONS_BEGUN,
    TALLY_SESSIONS_REFRESHED,
    TALLY_SESSIONS_REFRESH_FAILED,
    TALLY_SESSIONS_ENDED,
    TALLY_SESSIONS_REFUSED, /* a cookie came, and there is no good session for it */
    TALLY_CLAIMS_MINE,      /* of idempotency keys: the request has run */
    TALLY_CLAIMS_AGAIN,     /* it has run, and an earlier one with its key did not end */
    TALLY_CLAIMS_UNDOING,
    TALLY_CLAIMS_ANSWERED,
    TALLY_CLAIMS_RUNNING,
    TALLY_CLAIMS_LOST,
    TALLY_CLAIMS_CONFLICT,
    TALLY_CLAIMS_UNAVAILABLE,
    TALLY_KEYS_FETCHED, /* key sets from URLs */
    TALLY_KEYS_FAILED,
    TALLY_REVOCATIONS, /* that were added, by this process or by others */
    TALLY_REDIS_COMMANDS,
    TALLY_REDIS_TIMEOUTS,
    TALLY_LIMITS_IN_MEMORY, /* requests that Redis should have counted, but was down or late */
    TALLY_RELOADS,          /* of the configuration */
    TALLY_RELOADS_FAILED,
    TALLY_COUNT,
};

/* Adds one. Any thread may call this function. It must not be called in a thread that ends often:
 * the counts of a thread stay in memory. */
void tally_add(enum tally tally);

/* Adds ${more}. */
void tally_add_many(enum tally tally, uint64_t more);

/* Returns the sum of all threads. Any thread may call this function. */
uint64_t tally_read(enum tally tally);

#endif
