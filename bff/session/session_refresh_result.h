/* What a refresh of a session has led to, for all who come with the content that was refreshed. It
 * is kept for a short time, in memory and in Redis, always sealed. */
#ifndef BFF_SESSION_SESSION_REFRESH_RESULT_H
#define BFF_SESSION_SESSION_REFRESH_RESULT_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/session.h"
#include "bff/session/session_seal.h"

#define SESSION_REFRESH_RESULT_KEPT_S 60 /* for so long */

enum session_refresh_kind {
    SESSION_REFRESH_NEW,   /* there are new tokens */
    SESSION_REFRESH_ENDED, /* the refresh token is not valid any more: the session is over */
    SESSION_REFRESH_AWAY,  /* nobody could be asked, or the answer makes no sense. The session goes
                              on */
};

/* ${session}: with SESSION_REFRESH_NEW, the session with its new tokens. */
struct session_refresh_result {
    enum session_refresh_kind kind;
    struct session session;
};

/* Returns ${result} sealed, in ${pool}. It can only be opened with the same ${name}. */
struct text session_refresh_result_close(const struct session_refresh_result *result,
                                         const struct session_seal *seal, struct text name,
                                         struct pool *pool);

/* Opens what session_refresh_result_close has made. The texts are in ${pool}. Returns 0; or -1 for
 * any other text. */
int session_refresh_result_open(struct text sealed, const struct session_seal *seal,
                                struct text name, struct pool *pool,
                                struct session_refresh_result *out);

#endif
