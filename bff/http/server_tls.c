/* See server_tls.h. */
#include <openssl/err.h>

#include <h2o.h>

#include "bff/base/check.h"
#include "bff/http/server_tls.h"

static const char *load(SSL_CTX *context, const char *certificate, const char *key)
{
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        return "the certificate file holds no certificate chain in PEM form";
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return "the key file holds no private key in PEM form that fits the certificate";
    return SSL_CTX_check_private_key(context) == 1 ? NULL : "the key does not fit the certificate";
}

SSL_CTX *server_tls_new(const char *certificate, const char *key, const char **wrong)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    must(context != NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    h2o_ssl_register_alpn_protocols(context, h2o_alpn_protocols);
    *wrong = load(context, certificate, key);
    ERR_clear_error();
    if (*wrong == NULL)
        return context;
    SSL_CTX_free(context);
    return NULL;
}
