/* See client_certificate.h. */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <h2o.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/client.h"
#include "bff/http/client_certificate.h"
#include "bff/http/field.h"

/* libh2o has no function that returns the SSL of a socket. But the BIO of each SSL has the socket.
 */
static struct client *client_of_ssl(const SSL *ssl)
{
    BIO *bio = SSL_get_rbio(ssl);
    h2o_socket_t *socket = bio == NULL ? NULL : BIO_get_data(bio);

    return socket == NULL ? NULL : client_of_socket(socket);
}

static struct text copy(const char *bytes, size_t len)
{
    char *made = memory_new(len + 1);

    memcpy(made, bytes, len);
    return (struct text){made, len};
}

/* A subject that was cut could be that of somebody else, so a long one is left out. */
static struct text subject_of(const X509 *certificate)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    struct text subject = {0};

    must(out != NULL);
    int printed = X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    long len = printed < 0 ? 0 : BIO_get_mem_data(out, &bytes);
    if (len > 0 && (size_t)len <= CLIENT_CERTIFICATE_SUBJECT &&
        field_is_value((struct text){bytes, (size_t)len}))
        subject = copy(bytes, (size_t)len);
    BIO_free(out);
    return subject;
}

static struct text fingerprint_of(const X509 *certificate)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char text[2 * EVP_MAX_MD_SIZE];
    unsigned len = 0;

    must(X509_digest(certificate, EVP_sha256(), hash, &len) == 1);
    text_hex(text, hash, len);
    return copy(text, 2 * (size_t)len);
}

/* A resumed session has the result of its first handshake. The certificate may have expired since.
 */
static bool is_good(const SSL *ssl, const X509 *certificate)
{
    return SSL_get_verify_result(ssl) == X509_V_OK &&
           X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

void client_certificate_learn(SSL *ssl)
{
    struct client *client;
    X509 *certificate;

    if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0 || (client = client_of_ssl(ssl)) == NULL)
        return;
    client_certificate_forget(client);
    certificate = SSL_get1_peer_certificate(ssl);
    if (certificate != NULL && is_good(ssl, certificate)) {
        client->certificate = memory_new(sizeof(*client->certificate));
        client->certificate->subject = subject_of(certificate);
        client->certificate->fingerprint = fingerprint_of(certificate);
    } else if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0)
        client_cut(client);
    X509_free(certificate);
    ERR_clear_error();
}

void client_certificate_forget(struct client *client)
{
    if (client->certificate == NULL)
        return;
    memory_free((char *)(uintptr_t)client->certificate->subject.at);
    memory_free((char *)(uintptr_t)client->certificate->fingerprint.at);
    memory_free(client->certificate);
    client->certificate = NULL;
}
