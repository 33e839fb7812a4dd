/* See tls_contexts.h. */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "bff/base/check.h"
#include "bff/config/tls_contexts.h"
#include "bff/http/server_names.h"
#include "bff/http/server_tls.h"

/* Names. */

/* Returns the name in lower case; absent: it is no name of a host. */
static struct text name_copy(struct pool *pool, const ASN1_STRING *name)
{
    struct text text = {(const char *)ASN1_STRING_get0_data(name),
                        (size_t)ASN1_STRING_length(name)};
    char *bytes = pool_take(pool, text.len + 1);

    if (text.len == 0 || memchr(text.at, '\0', text.len) != NULL)
        return (struct text){0};
    text_lower(bytes, text);
    bytes[text.len] = '\0';
    return (struct text){bytes, text.len};
}

static bool has_name(const struct text *names, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

struct text *tls_contexts_names(struct pool *pool, const X509 *certificate, size_t *count)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int most = all == NULL ? 0 : sk_GENERAL_NAME_num(all);
    struct text *names = pool_zero(pool, ((size_t)most + 1) * sizeof(*names));

    *count = 0;
    for (int i = 0; i < most; i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);
        if (one->type != GEN_DNS)
            continue;
        struct text name = name_copy(pool, one->d.dNSName);
        if (name.at != NULL && !has_name(names, *count, name))
            names[(*count)++] = name;
    }
    GENERAL_NAMES_free(all);
    ERR_clear_error();
    return names;
}

static int key_type(const struct tls_contexts_source *source)
{
    return EVP_PKEY_get_base_id(SSL_CTX_get0_privatekey(source->alone));
}

struct tls_contexts_repeated tls_contexts_repeated(const struct tls_contexts_source *sources,
                                                   size_t which)
{
    const struct tls_contexts_source *one = &sources[which];

    for (size_t i = 0; i < which; i++)
        for (size_t j = 0; j < one->name_count; j++)
            if (key_type(&sources[i]) == key_type(one) &&
                has_name(sources[i].names, sources[i].name_count, one->names[j]))
                return (struct tls_contexts_repeated){one->names[j], i};
    return (struct tls_contexts_repeated){.earlier = 0};
}

/* Contexts. */

/* The sources that serve a name: bit i is source number i. */
struct served {
    struct text name;
    uint64_t sources;
};

struct making {
    const struct tls_contexts_source *sources;
    const struct server_clients *clients;
    struct served *served;
    size_t served_count;
    uint64_t *made_of;
    SSL_CTX **made; /* the first one is the one of the first source */
    size_t made_count;
};

static void serve(struct making *making, struct text name, uint64_t source)
{
    size_t i = 0;

    while (i < making->served_count && !text_equal(making->served[i].name, name))
        i++;
    if (i == making->served_count)
        making->served[making->served_count++] = (struct served){name, 0};
    making->served[i].sources |= source;
}

static void find_served(struct making *making, size_t count, struct pool *scratch)
{
    size_t most = 1;

    for (size_t i = 0; i < count; i++)
        most += making->sources[i].name_count;
    making->served = pool_zero(scratch, most * sizeof(*making->served));
    making->made_of = pool_zero(scratch, most * sizeof(*making->made_of));
    making->made = pool_zero(scratch, most * sizeof(SSL_CTX *));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < making->sources[i].name_count; j++)
            serve(making, making->sources[i].names[j], (uint64_t)1 << i);
}

static void add_certificate(SSL_CTX *context, SSL_CTX *alone)
{
    STACK_OF(X509) *chain = NULL;

    SSL_CTX_get0_chain_certs(alone, &chain);
    must(SSL_CTX_use_cert_and_key(context, SSL_CTX_get0_certificate(alone),
                                  SSL_CTX_get0_privatekey(alone), chain, 1) == 1);
}

static bool ask_clients(struct making *making, SSL_CTX *context)
{
    if (making->made_count == 0)
        return server_clients_ask(context, making->clients);
    server_clients_ask_alike(context, making->made[0], making->clients);
    return true;
}

/* Returns the context of ${sources}; NULL: the files of clients cannot be used. */
static SSL_CTX *context_of(struct making *making, uint64_t sources)
{
    for (size_t i = 0; i < making->made_count; i++)
        if (making->made_of[i] == sources)
            return making->made[i];
    SSL_CTX *context = server_tls_new();
    for (size_t i = 0; i < TLS_CONTEXTS_MOST; i++)
        if ((sources >> i & 1) != 0)
            add_certificate(context, making->sources[i].alone);
    if (!ask_clients(making, context)) {
        SSL_CTX_free(context);
        return NULL;
    }
    server_tls_seal(context);
    making->made_of[making->made_count] = sources;
    making->made[making->made_count++] = context;
    return context;
}

/* Clients without a name get the certificates for the first name of the first source. */
static uint64_t first_of(const struct making *making)
{
    return making->sources[0].name_count == 0 ? 1 : making->served[0].sources;
}

static void attach_names(struct making *making, struct pool *scratch)
{
    struct server_names_row *rows = pool_zero(scratch, (making->served_count + 1) * sizeof(*rows));

    for (size_t i = 0; i < making->served_count; i++)
        rows[i] = (struct server_names_row){making->served[i].name,
                                            context_of(making, making->served[i].sources)};
    server_names_attach(making->made[0], rows, making->served_count);
    for (size_t i = 1; i < making->made_count; i++)
        SSL_CTX_free(making->made[i]); /* the first one has a reference */
}

SSL_CTX *tls_contexts_make(const struct tls_contexts_source *sources, size_t count,
                           const struct server_clients *clients, struct pool *scratch)
{
    struct making making = {.sources = sources, .clients = clients};

    must(count > 0 && count <= TLS_CONTEXTS_MOST);
    find_served(&making, count, scratch);
    SSL_CTX *first = context_of(&making, first_of(&making));
    if (first != NULL && count > 1)
        attach_names(&making, scratch);
    ERR_clear_error();
    return first;
}
