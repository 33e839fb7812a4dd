/* TLS for connections of clients: TLS 1.2 and 1.3, with ALPN for h2 and http/1.1. */
#ifndef BFF_HTTP_SERVER_TLS_H
#define BFF_HTTP_SERVER_TLS_H

#include <openssl/ssl.h>

/* Makes a server context. The caller loads certificate and key into it, and frees it with
 * SSL_CTX_free. */
SSL_CTX *server_tls_new(void);

#endif
