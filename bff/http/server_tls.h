/* TLS for connections of clients: TLS 1.2 and 1.3, with ALPN for h2 and http/1.1. */
#ifndef BFF_HTTP_SERVER_TLS_H
#define BFF_HTTP_SERVER_TLS_H

#include <openssl/ssl.h>

/* Makes a server context. The caller loads certificate and key into it, and frees it with
 * SSL_CTX_free. */
SSL_CTX *server_tls_new(void);

/* To be called when ${context} has all its certificates, and all that it trusts. From now on, it
 * only resumes sessions of contexts that have and trust the same. A client that comes with the
 * session of another one makes a full handshake, and is verified again. */
void server_tls_seal(SSL_CTX *context);

/*
 * Clients that have a session ticket of ${before} can continue their sessions with ${next}, when
 * both have the same certificate. Another certificate means another key, and then old tickets lead
 * to a full handshake. Either may be NULL, and then nothing happens. To be called before ${next} is
 * used.
 */
void server_tls_keep_tickets(SSL_CTX *next, SSL_CTX *before);

#endif
