/* See sha256.h. */
#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/sha256.h"

void sha256_of(struct text text, unsigned char out[SHA256_BYTES])
{
    must(EVP_Digest(text.at, text.len, out, NULL, EVP_sha256(), NULL) == 1);
}
