/* See login_fingerprint.h. */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bff/base/check.h"

#include "bff/edge/login_issuers.h"

/* Adds a piece to the hash, after its length. Without the lengths, two different lists of pieces
 * could have the same bytes. */
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

static void add_paths(EVP_MD_CTX *context, const struct login_paths *paths)
{
    add(context, &paths->count, sizeof(paths->count));
    for (size_t i = 0; i < paths->count; i++)
        add_string(context, paths->at[i]);
}

/*
 * Every rule must be added. If one were left out, a configuration that changes this rule would use
 * the verdicts of the configuration before. So the copy has an initializer without member names:
 * when login_rules gets another member, the compiler reports an error
 * (-Wmissing-field-initializers).
 */
static void add_rules(EVP_MD_CTX *context, const struct login_rules *rules)
{
    const struct login_rules all = {rules->issuer,         rules->audience,     rules->user,
                                    rules->role,           rules->scope,        rules->type,
                                    rules->leeway_seconds, rules->splits_roles, rules->require_exp};

    add_string(context, all.issuer);
    add_string(context, all.audience);
    add_paths(context, &all.user);
    add_paths(context, &all.role);
    add_paths(context, &all.scope);
    add(context, &all.type, sizeof(all.type));
    add(context, &all.leeway_seconds, sizeof(all.leeway_seconds));
    add(context, &all.splits_roles, sizeof(all.splits_roles));
    add(context, &all.require_exp, sizeof(all.require_exp));
}

/* How a URL is fetched does not count: tokens are known by the id of their key set (key_set.h). */
static void add_source(EVP_MD_CTX *context, const struct key_source_settings *jwks)
{
    add(context, jwks->url.at, jwks->url.len);
    add(context, &jwks->is_discovery, sizeof(jwks->is_discovery));
}

static void add_issuer(EVP_MD_CTX *context, const struct login_issuer *issuer, struct text secret)
{
    struct text counts = issuer->secret == NULL ? (struct text){0} : secret;

    add_string(context, issuer->name);
    add(context, &issuer->algorithms, sizeof(issuer->algorithms));
    add(context, counts.at, counts.len);
    add(context, &issuer->keys.count, sizeof(issuer->keys.count));
    for (size_t i = 0; i < issuer->keys.count; i++)
        add_key(context, &issuer->keys.rows[i]);
    add_source(context, &issuer->jwks);
    add_rules(context, &issuer->rules);
}

void login_fingerprint(const struct login *login, struct text secret,
                       unsigned char out[LOGIN_FINGERPRINT_BYTES])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    must(context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < login->count; i++)
        add_issuer(context, &login->issuers[i], secret);
    must(EVP_DigestFinal_ex(context, out, NULL) == 1);
    EVP_MD_CTX_free(context);
}
