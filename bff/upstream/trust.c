/* See trust.h. */
#include <stdatomic.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/x509_digest.h"
#include "bff/upstream/trust.h"

struct trust {
    SSL_CTX *context;
    unsigned char digest[EVP_MAX_MD_SIZE]; /* of the certificates that were loaded */
    atomic_uint references;
};

static int load_authorities(SSL_CTX *context, const char *ca_file, const char **wrong)
{
    int loaded = ca_file == NULL ? SSL_CTX_set_default_verify_paths(context)
                                 : SSL_CTX_load_verify_locations(context, ca_file, NULL);

    if (loaded == 1)
        return 0;
    ERR_clear_error();
    *wrong = ca_file == NULL ? "the system's certificate authorities cannot be loaded"
                             : "the file holds no certificate authorities in PEM form";
    return -1;
}

static SSL_CTX *context_new(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    must(context != NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return context;
}

/* Computes the digest from the fingerprints of what is trusted, and of the own certificate. */
static void make_digest(struct trust *trust)
{
    EVP_MD_CTX *all = EVP_MD_CTX_new();
    unsigned len = 0;

    must(all != NULL && EVP_DigestInit_ex(all, EVP_sha256(), NULL) == 1);
    x509_digest_add_trusted(all, trust->context);
    x509_digest_add(all, SSL_CTX_get0_certificate(trust->context));
    must(EVP_DigestFinal_ex(all, trust->digest, &len) == 1);
    EVP_MD_CTX_free(all);
}

void trust_changed(struct trust *trust) { make_digest(trust); }

struct trust *trust_new(const char *ca_file, const char **wrong)
{
    SSL_CTX *context = context_new();

    if (load_authorities(context, ca_file, wrong) != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    struct trust *trust = memory_new(sizeof(*trust));
    trust->context = context;
    trust->references = 1;
    make_digest(trust);
    return trust;
}

struct trust *trust_hold(struct trust *trust)
{
    if (trust != NULL)
        atomic_fetch_add(&trust->references, 1);
    return trust;
}

void trust_release(struct trust *trust)
{
    if (trust == NULL || atomic_fetch_sub(&trust->references, 1) > 1)
        return;
    SSL_CTX_free(trust->context);
    memory_free(trust);
}

SSL_CTX *trust_context(const struct trust *trust) { return trust->context; }

bool trust_equal(const struct trust *a, const struct trust *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}
