/* The revocation of a session (bff/edge/revocation.h): its cookie is not accepted any more, in all
 * replicas. */
#ifndef BFF_SESSION_SESSION_REVOCATION_H
#define BFF_SESSION_SESSION_REVOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/edge/revocation.h"
#include "bff/session/session.h"
#include "bff/session/session_settings.h"
#include "bff/store/redis.h"

/* Clocks of replicas may differ by so much. A revocation is kept so much longer than the session
 * can live. */
#define SESSION_REVOCATION_CLOCKS_S 60

/* True when ${session} was revoked: by its id, by the provider's `sid` or `sub`, or by its user.
 * One load of an atomic number while nothing is revoked. ${view} NULL: false. ${pool} is for short
 * texts. */
bool session_revocation_has(struct revocation_view *view, const struct session *session,
                            struct pool *pool, int64_t now_s);

/* Revokes ${session} here, and tells all replicas by ${redis}; NULL: there are none. Nobody waits
 * for that. ${view} NULL: does nothing. */
void session_revocation_add(const struct revocation_view *view, struct redis *redis,
                            const struct session *session, const struct session_settings *settings,
                            int64_t now_s);

#endif
