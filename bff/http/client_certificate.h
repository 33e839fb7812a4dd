/* The certificate that a client has shown in its TLS handshake, and that was verified. */
#ifndef BFF_HTTP_CLIENT_CERTIFICATE_H
#define BFF_HTTP_CLIENT_CERTIFICATE_H

#include <openssl/ssl.h>

#include "bff/base/text.h"

#define CLIENT_CERTIFICATE_SUBJECT ((size_t)2048) /* bytes of the longest subject */

struct client;

/*
 *   subject      as RFC 2253 writes it, "CN=robot,O=Shop": printable ASCII, all other bytes are
 *                escaped. Absent: it has none, or it is longer than CLIENT_CERTIFICATE_SUBJECT
 *   fingerprint  the SHA-256 of the certificate, 64 hexadecimal digits in lower case
 */
struct client_certificate {
    struct text subject;
    struct text fingerprint;
};

/* To be called when a handshake of a client is over, also when it has resumed a session. Finds the
 * client by the socket, and sets client->certificate. */
void client_certificate_learn(SSL *ssl);

/* Frees client->certificate. */
void client_certificate_forget(struct client *client);

#endif
