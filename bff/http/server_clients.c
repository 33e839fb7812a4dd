/* See server_clients.h. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "bff/base/check.h"
#include "bff/http/server_clients.h"

static void set_mode(SSL_CTX *context, const struct server_clients *clients)
{
    int mode = SSL_VERIFY_PEER;

    if (clients->verify == SERVER_CLIENTS_REQUIRED)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, mode, NULL);
    SSL_CTX_set_verify_depth(context, (int)clients->depth);
}

static bool load_lists(SSL_CTX *context, const char *file)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

    must(lookup != NULL);
    if (X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) < 1)
        return false;
    must(X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1);
    return true;
}

static bool load(SSL_CTX *context, const struct server_clients *clients)
{
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(clients->ca_file);

    if (names == NULL)
        return false;
    SSL_CTX_set_client_CA_list(context, names);
    return SSL_CTX_load_verify_file(context, clients->ca_file) == 1 &&
           (clients->crl_file == NULL || load_lists(context, clients->crl_file));
}

bool server_clients_ask(SSL_CTX *context, const struct server_clients *clients)
{
    if (clients->verify == SERVER_CLIENTS_OFF)
        return true;
    set_mode(context, clients);
    bool is_good = load(context, clients);
    ERR_clear_error();
    return is_good;
}

void server_clients_ask_alike(SSL_CTX *context, SSL_CTX *loaded,
                              const struct server_clients *clients)
{
    if (clients->verify == SERVER_CLIENTS_OFF)
        return;
    set_mode(context, clients);
    SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(loaded));
    SSL_CTX_set_client_CA_list(context, SSL_dup_CA_list(SSL_CTX_get_client_CA_list(loaded)));
}

bool server_clients_lists(const char *file, bool *is_old)
{
    BIO *from = BIO_new_file(file, "r");
    X509_CRL *list;
    unsigned count = 0;

    while (from != NULL && (list = PEM_read_bio_X509_CRL(from, NULL, NULL, NULL)) != NULL) {
        const ASN1_TIME *next = X509_CRL_get0_nextUpdate(list);
        *is_old = *is_old || (next != NULL && X509_cmp_current_time(next) < 0);
        X509_CRL_free(list);
        count++;
    }
    BIO_free(from);
    ERR_clear_error();
    return count > 0;
}
