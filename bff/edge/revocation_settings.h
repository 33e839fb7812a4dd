/* Revocation of tokens and sessions: what an operator may configure. Plain data. */
#ifndef BFF_EDGE_REVOCATION_SETTINGS_H
#define BFF_EDGE_REVOCATION_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/*
 *   is_on      the file has `revocation`, or there are sessions. Revocations are also read from and
 *              written to Redis when there is one (struct redis_settings)
 *   is_strict  requests with a token or a session are refused while it is not known whether they
 *              are revoked, because Redis cannot be reached
 *   keep_s     how long a revocation is kept, in seconds: at least as long as tokens are good
 */
struct revocation_settings {
    bool is_on;
    bool is_strict;
    uint32_t keep_s;
};

#endif
