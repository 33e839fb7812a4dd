/* See login_fingerprint.h. */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bff/base/check.h"

#include "bff/edge/login_fingerprint.h"

/* Every piece has its length in front of it, so that no two lists of pieces have the same bytes. */
static void add(EVP_MD_CTX *context, const void *bytes, size_t len)
{
    must(EVP_DigestUpdate(context, &len, sizeof(len)) == 1);
    must(len == 0 || EVP_DigestUpdate(context, bytes, len) == 1);
}

static void add_string(EVP_MD_CTX *context, const char *string)
{
    bool is_there = string != NULL;

    add(context, &is_there, sizeof(is_there));
    add(context, string, is_there ? strlen(string) : 0);
}

static void add_key(EVP_MD_CTX *context, const struct jwt_key *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->public_key, &der);
    bool has_kid = key->kid != NULL;

    must(len > 0);
    add(context, &key->algorithms, sizeof(key->algorithms));
    add(context, &has_kid, sizeof(has_kid));
    add(context, key->kid, key->kid_len);
    add(context, der, (size_t)len);
    OPENSSL_free(der);
}

/* A rule that is left out below would let a new configuration take the old one's verdicts over. */
struct rules_below {
    char *issuer, *audience;
    double leeway_seconds;
    bool require_exp;
};
_Static_assert(sizeof(struct login_rules) == sizeof(struct rules_below),
               "add the new rule to login_fingerprint, and here");

void login_fingerprint(unsigned algorithms, struct text secret, const struct jwt_keys *keys,
                       const struct login_rules *rules, unsigned char out[LOGIN_FINGERPRINT_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    must(context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    add(context, &algorithms, sizeof(algorithms));
    add(context, secret.at, secret.len);
    for (size_t i = 0; i < keys->count; i++)
        add_key(context, &keys->rows[i]);
    add_string(context, rules->issuer);
    add_string(context, rules->audience);
    add(context, &rules->leeway_seconds, sizeof(rules->leeway_seconds));
    add(context, &rules->require_exp, sizeof(rules->require_exp));
    must(EVP_DigestFinal_ex(context, out, NULL) == 1);
    EVP_MD_CTX_free(context);
}
