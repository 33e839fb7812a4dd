/* See tls.h. */
#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "bff/base/check.h"
#include "bff/upstream/tls.h"

static int is_address(const char *host)
{
    struct in6_addr unused;

    return inet_pton(AF_INET, host, &unused) == 1 || inet_pton(AF_INET6, host, &unused) == 1;
}

/* Sets the host for which the certificate must be valid. OpenSSL compares an IP address with the
 * certificate's IP addresses, and any other host with its DNS names. */
static void pin_host(SSL *tls, const char *host)
{
    X509_VERIFY_PARAM *verify = SSL_get0_param(tls);
    int pinned = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(verify, host)
                                  : X509_VERIFY_PARAM_set1_host(verify, host, 0);

    must(pinned == 1);
    X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
}

SSL *tls_begin(SSL_CTX *context, int fd, const char *host)
{
    SSL *tls = SSL_new(context);

    must(tls != NULL && SSL_set_fd(tls, fd) == 1);
    pin_host(tls, host);
    if (!is_address(host))
        must(SSL_set_tlsext_host_name(tls, host) == 1);
    SSL_set_connect_state(tls);
    return tls;
}

static enum tls_step step_of(SSL *tls, int result)
{
    if (result > 0)
        return TLS_DONE;
    int error = SSL_get_error(tls, result);
    ERR_clear_error();
    switch (error) {
    case SSL_ERROR_WANT_READ:
        return TLS_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default:
        return TLS_BROKEN;
    }
}

enum tls_step tls_handshake(SSL *tls)
{
    ERR_clear_error();
    return step_of(tls, SSL_do_handshake(tls));
}

enum tls_step tls_read(SSL *tls, char *into, size_t len, size_t *got)
{
    ERR_clear_error();
    return step_of(tls, SSL_read_ex(tls, into, len, got));
}

enum tls_step tls_write(SSL *tls, const char *bytes, size_t len, size_t *sent)
{
    ERR_clear_error();
    return step_of(tls, SSL_write_ex(tls, bytes, len, sent));
}

void tls_end(SSL *tls)
{
    if (tls == NULL)
        return;
    ERR_clear_error();
    if (SSL_is_init_finished(tls))
        SSL_shutdown(tls);
    ERR_clear_error();
    SSL_free(tls);
}
