/* See jwt_algorithm.h. */
#include "bff/base/check.h"

#include "bff/token/jwt_algorithm.h"

static const char *const names[JWT_ALGORITHM_COUNT] = {
    [JWT_HS256] = "HS256", [JWT_HS384] = "HS384", [JWT_HS512] = "HS512", [JWT_RS256] = "RS256",
    [JWT_RS384] = "RS384", [JWT_RS512] = "RS512", [JWT_ES256] = "ES256", [JWT_ES384] = "ES384",
    [JWT_ES512] = "ES512", [JWT_PS256] = "PS256", [JWT_PS384] = "PS384", [JWT_PS512] = "PS512",
    [JWT_EDDSA] = "EdDSA",
};

const char *jwt_algorithm_name(enum jwt_algorithm algorithm)
{
    must(algorithm < JWT_ALGORITHM_COUNT);
    return names[algorithm];
}

int jwt_algorithm_of(struct text name, enum jwt_algorithm *out)
{
    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++) {
        if (text_is(name, names[i])) {
            *out = (enum jwt_algorithm)i;
            return 0;
        }
    }
    return -1;
}
