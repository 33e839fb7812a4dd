/* Any bytes as a JWK Set, and as a PEM file: no crash, and no key that fits nothing. */
#include <stdint.h>

#include <openssl/err.h>

#include "bff/base/check.h"
#include "bff/edge/jwks.h"
#include "bff/edge/jwt_pem.h"

static void check(const struct jwt_keys *keys, int status, const char *wrong)
{
    must(status == 0 ? keys->count > 0 : wrong[0] != '\0');
    must(ERR_peek_error() == 0);
    for (size_t i = 0; i < keys->count; i++)
        must(keys->rows[i].public_key != NULL && keys->rows[i].algorithms != 0 &&
             (keys->rows[i].algorithms & JWT_ALL_HS) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct jwt_keys keys = {0};
    char wrong[JWT_WRONG_SIZE] = "";
    int status = jwks_read(text, JWT_ALL_RS | JWT_ALL_ES, &keys, wrong);

    check(&keys, status, wrong);
    jwt_keys_clear(&keys);
    wrong[0] = '\0';
    status = jwt_pem_read(text, &keys, wrong);
    check(&keys, status, wrong);
    jwt_keys_clear(&keys);
    return 0;
}
