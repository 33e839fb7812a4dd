/*
 * TLS towards a service, on a non-blocking socket that the caller polls. We do not use libh2o's TLS
 * client: it skips its check of the host name on TLS 1.3, and buffers without a bound behind a
 * close_notify. Here the name is pinned in the context and OpenSSL checks it within the handshake:
 * one context for each endpoint.
 */
#ifndef BFF_UPSTREAM_TLS_H
#define BFF_UPSTREAM_TLS_H

#include <stddef.h>
#include <sys/types.h>

#include <openssl/ssl.h>

/*
 * A client context that trusts ${ca_file} (PEM; NULL: the system's authorities) and only a
 * certificate for ${host}, a name or an IP address. NULL and a sentence in *wrong when the file
 * cannot be used. Freed by SSL_CTX_free.
 */
SSL_CTX *tls_client_context(const char *host, const char *ca_file, const char **wrong);

/* Begins TLS on ${fd}. SNI is sent for a name, not for an address (RFC 6066 section 3). */
SSL *tls_begin(SSL_CTX *context, int fd, const char *host);

/* What a step came to. */
enum tls_step {
    TLS_DONE,
    TLS_WANT_READ,  /* again when the socket is readable */
    TLS_WANT_WRITE, /* again when it is writable */
    TLS_ENDED,      /* the peer has said that this is the end (close_notify) */
    TLS_BROKEN,     /* the handshake failed, or the connection ended without a word */
};

enum tls_step tls_handshake(SSL *tls);

/* Reads at least one byte when TLS_DONE; *got bytes were read. */
enum tls_step tls_read(SSL *tls, char *into, size_t len, size_t *got);

/* Writes some of ${bytes}, *sent of them. After a WANT_ the same bytes must be offered again. */
enum tls_step tls_write(SSL *tls, const char *bytes, size_t len, size_t *sent);

/* Says close_notify, if that can be done at once, and frees. NULL: nothing. */
void tls_end(SSL *tls);

#endif
