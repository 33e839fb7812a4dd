/* Certificates of clients: whether the server asks for them, and whom it trusts. */
#ifndef BFF_HTTP_SERVER_CLIENTS_H
#define BFF_HTTP_SERVER_CLIENTS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "bff/base/text.h"

enum server_clients_verify {
    SERVER_CLIENTS_OFF,
    SERVER_CLIENTS_OPTIONAL, /* a client may have none; a bad one ends the handshake */
    SERVER_CLIENTS_REQUIRED, /* the handshake fails without a good one */
};

/*
 *   verify    who needs a certificate
 *   depth     the most authorities between the client's certificate and a trusted one
 *   ca_file   who may sign certificates of clients, a PEM file; NULL only with OFF
 *   crl_file  which certificates are revoked, a PEM file; NULL: none. With it, each authority of a
 *             chain needs a list that is not too old
 *   header    the header of the subject for services, lower case
 */
struct server_clients {
    enum server_clients_verify verify;
    unsigned depth;
    char *ca_file;
    char *crl_file;
    struct text header;
};

/* Makes ${context} ask clients for certificates. Returns false when a file cannot be used. With
 * OFF, does nothing. */
bool server_clients_ask(SSL_CTX *context, const struct server_clients *clients);

/* Does the same with what was loaded into ${loaded}, so no file is read. */
void server_clients_ask_alike(SSL_CTX *context, SSL_CTX *loaded,
                              const struct server_clients *clients);

/* Returns true when ${file} has revocation lists in PEM form. Sets *is_old when one of them should
 * have been replaced by now. */
bool server_clients_lists(const char *file, bool *is_old);

#endif
