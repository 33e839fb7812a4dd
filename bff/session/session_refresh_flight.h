/* One refresh that is under way (session_refresh.h). Its worker leads the slot of the content in
 * the cache "refreshed". */
#ifndef BFF_SESSION_SESSION_REFRESH_FLIGHT_H
#define BFF_SESSION_SESSION_REFRESH_FLIGHT_H

#include <h2o/linklist.h>

#include "bff/session/session_refresh.h"
#include "bff/session/session_refresh_pause.h"
#include "bff/session/session_seal.h"

struct session_refreshes {
    struct session_refresh_with with;
    struct session_seal *seal; /* of results */
    h2o_linklist_t flights;
    struct session_refresh_pause pauses[SESSION_PROVIDERS_MAX + 1]; /* the last one is for the
                                                                       service of the login */
};

/*
 * Begins the refresh of ${session}, which is copied. The caller leads the slot of ${hash}; the
 * flight ends that, always with an entry whose only field is the sealed result. It may end inside
 * this function.
 */
void session_refresh_flight_begin(struct session_refreshes *refreshes, struct text hash,
                                  const struct session *session);

/* Gives up all flights. Their slots end without an entry. */
void session_refresh_flight_stop_all(struct session_refreshes *refreshes);

#endif
