/* One issuer of a login: its algorithms, keys and rules. Only for the files of login. */
#ifndef BFF_EDGE_LOGIN_ISSUER_H
#define BFF_EDGE_LOGIN_ISSUER_H

#include "bff/edge/login.h"
#include "bff/edge/login_claims.h"
#include "bff/token/jwt_key.h"
#include "bff/token/jwt_verify.h"
#include "bff/token/key_source.h"

#define LOGIN_ISSUER_WRONG                                                                         \
    (JWT_WRONG_SIZE + 256) /* a message may begin with the name of a file                          \
                            */

/* All zero: it has nothing. */
struct login_issuer {
    char *name; /* NULL: the issuer without a name */
    unsigned algorithms;
    struct jwt_secret *secret; /* NULL without HS* */
    struct jwt_keys keys;      /* of files */
    struct login_rules rules;
    struct key_source_settings jwks; /* a copy; without a URL: none */
    struct key_source *source;       /* of ${jwks}; NULL: none */
};

/* Makes the issuer of ${settings}; their ${issuers} are ignored. ${keys_of} is the issuer whose
 * keys are used, instead of the files; NULL: the files are read. Returns 0, or -1 and the mistake
 * in
 * ${wrong}; then login_issuer_dispose is needed, too. */
int login_issuer_init(struct login_issuer *issuer, const struct login_settings *settings,
                      const struct login_issuer *keys_of, char wrong[LOGIN_ISSUER_WRONG]);

/* Frees what ${issuer} has. */
void login_issuer_dispose(struct login_issuer *issuer);

#endif
