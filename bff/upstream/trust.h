/*
 * The certificate authorities that are trusted for a service, and the certificate of ours that the
 * service gets, if it has one. They are loaded once from a CA file,
 * when a configuration is made, and all workers use them. A trust has a reference count, because
 * connections may outlive the configuration.
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

/* Adds one reference, and returns ${trust}. May be called from any thread. NULL: does nothing. */
struct trust *trust_hold(struct trust *trust);

/* Drops one reference. May be called from any thread. NULL: does nothing. */
void trust_release(struct trust *trust);

/* Returns the TLS context for tls_begin. It lives as long as the trust. */
SSL_CTX *trust_context(const struct trust *trust);

/* To be called after a certificate of ours was loaded into the context, before anybody else uses
 * the trust. Services get this certificate when they ask for one. */
void trust_changed(struct trust *trust);

/* True when ${a} and ${b} have the same authorities and the same certificate of ours, even when
 * they were loaded from different files. Also true when both are NULL. */
bool trust_equal(const struct trust *a, const struct trust *b);

#endif
