/* The certificates of the server, beside tls.certificate and tls.key, and those of its clients. */
#ifndef BFF_CONFIG_TLS_SETTINGS_H
#define BFF_CONFIG_TLS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/http/server_clients.h"

#define TLS_CERTIFICATES_MAX 63 /* beside tls.certificate */

/*
 *   certificate, key  PEM files; NULL: not given
 *   names             in lower case, for clients that ask for one of them; "*.example.com" stands
 *                     for one label. None: the DNS names of the certificate
 *   ends_s            when the certificate ends, in seconds since 1970; 0: it was not loaded
 */
struct tls_certificate {
    char *certificate, *key;
    struct text *names;
    size_t name_count;
    int64_t ends_s;
};

struct tls_settings {
    int64_t ends_s; /* as above, of tls.certificate */
    struct tls_certificate *certificates;
    size_t count;
    struct server_clients clients;
};

#endif
