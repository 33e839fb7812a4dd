/*
 * TLS towards a service, on a non-blocking socket that the caller polls. We do not use libh2o's TLS
 * client: with TLS 1.3 it skips the check of the host name, and after a close_notify it buffers
 * without a limit. Here OpenSSL checks the name within the handshake.
 */
#ifndef BFF_UPSTREAM_TLS_H
#define BFF_UPSTREAM_TLS_H

#include <stddef.h>
#include <sys/types.h>

#include <openssl/ssl.h>

/*
 * Begins TLS on ${fd}, with the context of a trust (trust.h). Only a certificate for ${host}, a
 * name or an IP address, is accepted. SNI is sent for a name, not for an address (RFC 6066 section
 * 3).
 */
SSL *tls_begin(SSL_CTX *context, int fd, const char *host);

/* The result of a step. */
enum tls_step {
    TLS_DONE,
    TLS_WANT_READ,  /* repeat the step when the socket is readable */
    TLS_WANT_WRITE, /* repeat the step when it is writable */
    TLS_ENDED,      /* the peer has ended the connection in order (close_notify) */
    TLS_BROKEN,     /* the handshake failed, or the connection ended without close_notify */
};

enum tls_step tls_handshake(SSL *tls);

/* Reads at most ${len} bytes. With TLS_DONE, *got is the number of bytes read, at least one. */
enum tls_step tls_read(SSL *tls, char *into, size_t len, size_t *got);

/* Writes some of ${bytes}, and sets *sent to their number. After TLS_WANT_READ or TLS_WANT_WRITE
 * the caller must write the same bytes again. */
enum tls_step tls_write(SSL *tls, const char *bytes, size_t len, size_t *sent);

/* Sends close_notify if that is possible at once, and frees ${tls}. NULL: does nothing. */
void tls_end(SSL *tls);

#endif
