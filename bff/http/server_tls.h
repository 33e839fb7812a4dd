/* TLS towards clients: 1.2 and 1.3, with ALPN for h2 and http/1.1. */
#ifndef BFF_HTTP_SERVER_TLS_H
#define BFF_HTTP_SERVER_TLS_H

#include <openssl/ssl.h>

/* A server context from a certificate chain and its key, both PEM files. NULL, and a sentence in
 * *wrong, when they cannot be used. Freed by SSL_CTX_free. */
SSL_CTX *server_tls_new(const char *certificate, const char *key, const char **wrong);

#endif
