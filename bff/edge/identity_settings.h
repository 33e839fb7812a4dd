/* The token by which this server tells services who asks: what an operator may configure. Plain
 * data. */
#ifndef BFF_EDGE_IDENTITY_SETTINGS_H
#define BFF_EDGE_IDENTITY_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/token/jwt_algorithm.h"

/*
 *   key_file        PEM, the private key that signs; NULL: there is no such token
 *   algorithm       what it signs with; never HS*
 *   previous_keys   PEM files with keys whose public half is still published, so that tokens which
 *                   they have signed can be checked; perhaps none
 *   header          the name of the header with the token, lower case
 *   ttl_s           how long a token is good, in seconds
 *   issuer          its `iss`
 *   audience        its `aud`; absent: the name of the service that gets it
 */
struct identity_settings {
    char *key_file;
    enum jwt_algorithm algorithm;
    const char *const *previous_keys;
    size_t previous_key_count;
    struct text header;
    uint32_t ttl_s;
    struct text issuer;
    struct text audience;
};

#endif
