/* See server_tls.h. */
#include <openssl/err.h>

#include <h2o.h>

#include "bff/base/check.h"
#include "bff/base/tally.h"
#include "bff/http/client_certificate.h"
#include "bff/http/server_tls.h"
#include "bff/http/x509_digest.h"

#define TICKET_KEYS_MAX 256 /* bytes; OpenSSL 3 needs 80 */

/* A handshake that fails ends with a fatal alert of one side. A client that only leaves has none.
 */
static void on_info(const SSL *ssl, int where, int alert)
{
    bool is_fatal = (where & SSL_CB_ALERT) != 0 && alert >> 8 == SSL3_AL_FATAL;

    if (is_fatal && SSL_in_init(ssl))
        tally_add(TALLY_TLS_FAILED);
    if ((where & SSL_CB_HANDSHAKE_DONE) != 0)
        client_certificate_learn((SSL *)(uintptr_t)ssl);
}

SSL_CTX *server_tls_new(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    must(context != NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_info_callback(context, on_info);
    h2o_ssl_register_alpn_protocols(context, h2o_alpn_protocols);
    ERR_clear_error();
    return context;
}

void server_tls_seal(SSL_CTX *context)
{
    EVP_MD_CTX *all = EVP_MD_CTX_new();
    int mode = SSL_CTX_get_verify_mode(context), depth = SSL_CTX_get_verify_depth(context);
    unsigned char id[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    must(all != NULL && EVP_DigestInit_ex(all, EVP_sha256(), NULL) == 1);
    must(EVP_DigestUpdate(all, &mode, sizeof(mode)) == 1);
    must(EVP_DigestUpdate(all, &depth, sizeof(depth)) == 1);
    for (long next = SSL_CERT_SET_FIRST; SSL_CTX_set_current_cert(context, next) == 1;
         next = SSL_CERT_SET_NEXT)
        x509_digest_add(all, SSL_CTX_get0_certificate(context));
    SSL_CTX_set_current_cert(context, SSL_CERT_SET_FIRST);
    x509_digest_add_trusted(all, context);
    must(EVP_DigestFinal_ex(all, id, &len) == 1 && len <= SSL_MAX_SID_CTX_LENGTH);
    EVP_MD_CTX_free(all);
    must(SSL_CTX_set_session_id_context(context, id, len) == 1);
    ERR_clear_error();
}

/* OpenSSL makes random keys for each context. */
void server_tls_keep_tickets(SSL_CTX *next, SSL_CTX *before)
{
    unsigned char keys[TICKET_KEYS_MAX];
    const X509 *a = next == NULL ? NULL : SSL_CTX_get0_certificate(next);
    const X509 *b = before == NULL ? NULL : SSL_CTX_get0_certificate(before);

    if (a == NULL || b == NULL || X509_cmp(a, b) != 0)
        return;
    long size = SSL_CTX_get_tlsext_ticket_keys(before, NULL, 0);
    must(size > 0 && size <= TICKET_KEYS_MAX);
    must(SSL_CTX_get_tlsext_ticket_keys(before, keys, size) == 1);
    must(SSL_CTX_set_tlsext_ticket_keys(next, keys, size) == 1);
    OPENSSL_cleanse(keys, sizeof(keys));
}
