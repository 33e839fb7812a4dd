/*
 * The TLS contexts of the server, made of several certificates. Certificates for the same name are
 * in one context when their keys have different types (RSA, ECDSA). OpenSSL then chooses the one
 * that the client understands.
 */
#ifndef BFF_CONFIG_TLS_CONTEXTS_H
#define BFF_CONFIG_TLS_CONTEXTS_H

#include <openssl/ssl.h>

#include "bff/base/pool.h"
#include "bff/config/tls_settings.h"

#define TLS_CONTEXTS_MOST (TLS_CERTIFICATES_MAX + 1)

/* A certificate with its key, loaded into a context of its own, and its names in lower case. */
struct tls_contexts_source {
    SSL_CTX *alone;
    const struct text *names;
    size_t name_count;
};

/* The first name of ${which} that an earlier source has, too, with a key of the same type. */
struct tls_contexts_repeated {
    struct text name; /* absent: there is none */
    size_t earlier;
};

/* Returns the DNS names of the certificate (subjectAltName, RFC 6125), in lower case and in
 * ${pool}, and their number. A common name is not one of them. */
struct text *tls_contexts_names(struct pool *pool, const X509 *certificate, size_t *count);

struct tls_contexts_repeated tls_contexts_repeated(const struct tls_contexts_source *sources,
                                                   size_t which);

/*
 * Makes the contexts. Returns the one of the first source, which has references to the others; the
 * caller frees it with SSL_CTX_free. NULL: the files of ${clients} cannot be used. There are at
 * least one and at most TLS_CONTEXTS_MOST sources. ${scratch} is only needed during the call.
 */
SSL_CTX *tls_contexts_make(const struct tls_contexts_source *sources, size_t count,
                           const struct server_clients *clients, struct pool *scratch);

#endif
