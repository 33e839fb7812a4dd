/* See tls.h. */
#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "bff/base/check.h"
#include "bff/upstream/tls.h"

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

static int is_address(const char *host)
{
    struct in6_addr unused;

    return inet_pton(AF_INET, host, &unused) == 1 || inet_pton(AF_INET6, host, &unused) == 1;
}

/* An address is matched against the certificate's IP names, anything else against its DNS names. */
static void pin_host(SSL_CTX *context, const char *host)
{
    X509_VERIFY_PARAM *verify = SSL_CTX_get0_param(context);
    int pinned = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(verify, host)
                                  : X509_VERIFY_PARAM_set1_host(verify, host, 0);

    must(pinned == 1);
    X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
}

SSL_CTX *tls_client_context(const char *host, const char *ca_file, const char **wrong)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    must(context != NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    pin_host(context, host);
    if (load_authorities(context, ca_file, wrong) == 0)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

SSL *tls_begin(SSL_CTX *context, int fd, const char *host)
{
    SSL *tls = SSL_new(context);

    must(tls != NULL && SSL_set_fd(tls, fd) == 1);
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
