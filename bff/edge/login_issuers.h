/* What a login is made of. Only for the files of login. */
#ifndef BFF_EDGE_LOGIN_ISSUERS_H
#define BFF_EDGE_LOGIN_ISSUERS_H

#include "bff/edge/login_fingerprint.h"
#include "bff/edge/login_issuer.h"

/* The issuer without a name is the first one, if there is one. */
struct login {
    struct login_issuer *issuers;
    size_t count;
    unsigned algorithms; /* of all issuers together */
    unsigned char fingerprint[LOGIN_FINGERPRINT_BYTES];
};

/* Makes the issuers of ${login}, which is all zero. Returns 0, or -1 and the mistake in ${wrong};
 * then login_issuers_free is needed, too. */
int login_issuers_make(struct login *login, const struct login_settings *settings,
                       char wrong[LOGIN_ISSUER_WRONG]);

void login_issuers_free(struct login *login);

#endif
