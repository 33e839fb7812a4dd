/*
 * Which certificates of a service are trusted: the authorities of one CA file, loaded once, when a
 * configuration is made, and used by all workers. It has a reference count, because connections may
 * outlive the configuration.
 */
#ifndef BFF_UPSTREAM_TRUST_H
#define BFF_UPSTREAM_TRUST_H

#include <stdbool.h>

#include <openssl/ssl.h>

struct trust;

/*
 * Loads ${ca_file} (PEM; NULL: the system's authorities) and returns it with one reference. NULL,
 * and a sentence in *wrong, when the file cannot be used.
 */
struct trust *trust_new(const char *ca_file, const char **wrong);

/* Adds one reference. From any thread. NULL: nothing. Returns ${trust}. */
struct trust *trust_hold(struct trust *trust);

/* Drops one reference. From any thread. NULL: nothing. */
void trust_release(struct trust *trust);

/* The context for tls_begin. It lives as long as the trust. */
SSL_CTX *trust_context(const struct trust *trust);

/* True when both trust the same authorities, even when these come from different files. Two NULLs
 * are equal, too. */
bool trust_equal(const struct trust *a, const struct trust *b);

#endif
