/* Loads PEM files when a configuration is read, so that a bad file is found before the
 * configuration is used. */
#ifndef BFF_CONFIG_PEM_H
#define BFF_CONFIG_PEM_H

#include <stddef.h>

#include <openssl/ssl.h>

#define PEM_WRONG_SIZE 256

/*
 * Each function returns 0; or -1, and then ${wrong} has words that say what is wrong. An encrypted
 * key is refused, because the server does not ask for a pass phrase.
 */

/* Loads a chain of certificates into ${context}. */
int pem_load_certificate(SSL_CTX *context, const char *file, char wrong[PEM_WRONG_SIZE]);

/* Loads the key, which must match the certificate in ${context}. If ${context} has no certificate,
 * only the key is checked, and ${context} does not change. */
int pem_load_key(SSL_CTX *context, const char *file, char wrong[PEM_WRONG_SIZE]);

/* Checks that ${file} has certificates of certificate authorities. */
int pem_check_authorities(const char *file, char wrong[PEM_WRONG_SIZE]);

#define PEM_SOON_DAYS 30 /* a certificate that ends within this time ends soon */

/* Checks the dates of the certificates in ${file}, which can be read. Returns -1 for the first one
 * that has expired, ends soon or does not count yet; the words have its date. */
int pem_check_dates(const char *file, char wrong[PEM_WRONG_SIZE]);

#endif
