/* Fingerprints of certificates (SHA-256), to tell whether two TLS contexts trust and show the same.
 */
#ifndef BFF_HTTP_X509_DIGEST_H
#define BFF_HTTP_X509_DIGEST_H

#include <openssl/ssl.h>

/* Adds the fingerprint of ${certificate} to ${all}. NULL: does nothing. */
void x509_digest_add(EVP_MD_CTX *all, const X509 *certificate);

/* Adds the fingerprints of all authorities and revocation lists that ${context} trusts, in the
 * order of its store. */
void x509_digest_add_trusted(EVP_MD_CTX *all, const SSL_CTX *context);

#endif
