/* A certificate and its key, two settings of one item. */
#ifndef BFF_CONFIG_TLS_PAIR_H
#define BFF_CONFIG_TLS_PAIR_H

#include <openssl/ssl.h>

#include "bff/config/settings.h"

/*
 *   certificate_path, key_path  the rows of the settings, "tls.certificate"
 *   index                       of the item
 *   certificate, key            the files; NULL: not given
 */
struct tls_pair {
    const char *certificate_path, *key_path;
    size_t index;
    const char *certificate, *key;
};

/* Loads the files into ${context}. Reports each file that is wrong. Warns about a certificate that
 * has expired or will soon, and about a key that others may read. Returns true when ${context} has
 * both; otherwise it may have a part, and must not be used. */
bool tls_pair_load(struct settings *settings, const struct tls_pair *pair, SSL_CTX *context);

/* Reports that one of the files is missing when only the other one is given. */
void tls_pair_check(struct settings *settings, const struct tls_pair *pair);

#endif
