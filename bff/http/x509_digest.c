/* See x509_digest.h. */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bff/base/check.h"
#include "bff/http/x509_digest.h"

void x509_digest_add(EVP_MD_CTX *all, const X509 *certificate)
{
    unsigned char fingerprint[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (certificate == NULL)
        return;
    must(X509_digest(certificate, EVP_sha256(), fingerprint, &len) == 1);
    must(EVP_DigestUpdate(all, fingerprint, len) == 1);
}

static void add_list(EVP_MD_CTX *all, const X509_CRL *list)
{
    unsigned char fingerprint[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (list == NULL)
        return;
    must(X509_CRL_digest(list, EVP_sha256(), fingerprint, &len) == 1);
    must(EVP_DigestUpdate(all, fingerprint, len) == 1);
}

void x509_digest_add_trusted(EVP_MD_CTX *all, const SSL_CTX *context)
{
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));

    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509_OBJECT *object = sk_X509_OBJECT_value(objects, i);
        x509_digest_add(all, X509_OBJECT_get0_X509(object));
        add_list(all, X509_OBJECT_get0_X509_CRL(object));
    }
}
