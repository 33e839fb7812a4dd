/*
 * Several certificates: the name that a client asks for in its ClientHello (SNI, RFC 6066 section
 * 3) decides which TLS context continues the handshake. An exact name is preferred to a wildcard,
 * "*.example.com", which stands for exactly one label. A client without a name, or with another
 * one, gets the first context.
 */
#ifndef BFF_HTTP_SERVER_NAMES_H
#define BFF_HTTP_SERVER_NAMES_H

#include <stddef.h>

#include <openssl/ssl.h>

#include "bff/base/text.h"

/* A name in lower case, or a wildcard, and the context of its clients. */
struct server_names_row {
    struct text name;
    SSL_CTX *context;
};

/*
 * From now on, handshakes that begin with ${first} look their name up in ${rows}, which have
 * different names. The rows are copied. They are freed with ${first}, and until then ${first} has a
 * reference to each context. To be called at most once for ${first}, before it is used.
 */
void server_names_attach(SSL_CTX *first, const struct server_names_row *rows, size_t count);

/* Returns the context for a client that asks ${first} for ${name} (any case). */
SSL_CTX *server_names_find(SSL_CTX *first, struct text name);

#endif
