/* tls: the certificates of the server, and those of its clients. section_tls_certificates.c has the
 * rows of tls.certificates. */
#include <time.h>

#include <openssl/x509v3.h>

#include "bff/base/check.h"
#include "bff/config/kind.h"
#include "bff/config/pem.h"
#include "bff/config/tls_contexts.h"
#include "bff/config/tls_pair.h"
#include "bff/http/server_tls.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)
#define HEADER "x-client-subject"

static void verify_read(struct settings_input *input)
{
    static const char *const words[] = {"off", "optional", "required", NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum server_clients_verify *)input->member = (enum server_clients_verify)which;
}

static void header_read(struct settings_input *input)
{
    struct text name = kind_lower(input->config->pool, text_of(input->text));
    const char *words = text_is(name, HEADER) ? NULL : kind_field_words(name);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = name;
}

static const struct settings_kind verify_kind = {.read = verify_read};
static const struct settings_kind header_kind = {.read = header_read};

static const struct setting rows[] = {
    {"tls.certificate", &kind_file, OF(certificate),
     .about = "certificate chain for https addresses, a PEM file"},
    {"tls.key", &kind_file, OF(key), .about = "its private key without pass phrase, a PEM file"},
    {"tls.client.verify", &verify_kind, OF(tls_more.clients.verify), .normal = "off",
     .about = "clients may show a certificate (optional), or must (required)"},
    {"tls.client.ca_file", &kind_file, OF(tls_more.clients.ca_file),
     .about = "who may sign certificates of clients, a PEM file"},
    {"tls.client.crl_file", &kind_file, OF(tls_more.clients.crl_file),
     .about = "which certificates of clients are revoked: lists of all its authorities, PEM"},
    {"tls.client.depth", &kind_number, OF(tls_more.clients.depth), 0, 16, .normal = "3",
     .about = "the most authorities between a client's certificate and one of ca_file"},
    {"tls.client.header", &header_kind, OF(tls_more.clients.header), .normal = "X-Client-Subject",
     .about = "the header with the subject of the certificate for services"},
    {0},
};

/* The certificates. Source 0 is tls.certificate, if it is given; then come tls.certificates. */

struct loading {
    struct settings *settings;
    struct tls_contexts_source sources[TLS_CONTEXTS_MOST];
    bool is_item[TLS_CONTEXTS_MOST];
    size_t items[TLS_CONTEXTS_MOST]; /* the index of the item */
    size_t count;
    bool is_good;
};

static int64_t end_of(const X509 *certificate)
{
    struct tm end = {0};

    return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1 ? timegm(&end) : 0;
}

static bool has_name(const struct text *names, size_t count, const X509 *certificate,
                     struct text *missing)
{
    for (size_t i = 0; i < count; i++) {
        *missing = names[i];
        bool is_wildcard = names[i].at[0] == '*';
        if (X509_check_host((X509 *)(uintptr_t)certificate, names[i].at + (is_wildcard ? 1 : 0),
                            names[i].len - (is_wildcard ? 1 : 0),
                            is_wildcard ? X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS : 0, NULL) != 1)
            return false;
    }
    return true;
}

/* Chooses the names of an item, or of tls.certificate (NULL). */
static void name_source(struct loading *loading, struct tls_contexts_source *source,
                        const struct tls_certificate *item, size_t index)
{
    const X509 *certificate = SSL_CTX_get0_certificate(source->alone);
    struct text missing;

    source->names =
        tls_contexts_names(loading->settings->config->pool, certificate, &source->name_count);
    if (item == NULL)
        return;
    if (item->name_count == 0 && source->name_count == 0)
        settings_warn(loading->settings, "tls.certificates.*.certificate", index,
                      "it has no DNS names, so no client gets it; names can list some");
    if (item->name_count == 0)
        return;
    source->names = item->names;
    source->name_count = item->name_count;
    if (!has_name(item->names, item->name_count, certificate, &missing))
        settings_warn(loading->settings, "tls.certificates.*.names", index,
                      "the certificate is not for \"%.*s\", so clients will refuse it",
                      TEXT_ARGS(missing));
}

static void load_one(struct loading *loading, const struct tls_pair *pair,
                     struct tls_certificate *item, int64_t *ends_s)
{
    struct tls_contexts_source *source = &loading->sources[loading->count];

    source->alone = server_tls_new();
    if (!tls_pair_load(loading->settings, pair, source->alone)) {
        loading->is_good = false;
        SSL_CTX_free(source->alone);
        return;
    }
    *ends_s = end_of(SSL_CTX_get0_certificate(source->alone));
    name_source(loading, source, item, pair->index);
    loading->is_item[loading->count] = item != NULL;
    loading->items[loading->count++] = pair->index;
}

static struct tls_pair main_pair(const struct config *config)
{
    return (struct tls_pair){.certificate_path = "tls.certificate",
                             .key_path = "tls.key",
                             .index = 0,
                             .certificate = config->certificate,
                             .key = config->key};
}

static struct tls_pair item_pair(const struct config *config, size_t index)
{
    const struct tls_certificate *item = &config->tls_more.certificates[index];

    return (struct tls_pair){.certificate_path = "tls.certificates.*.certificate",
                             .key_path = "tls.certificates.*.key",
                             .index = index,
                             .certificate = item->certificate,
                             .key = item->key};
}

static void load_all(struct loading *loading)
{
    struct config *config = loading->settings->config;
    struct tls_pair pair = main_pair(config);

    if (pair.certificate != NULL || pair.key != NULL)
        load_one(loading, &pair, NULL, &config->tls_more.ends_s);
    for (size_t i = 0; i < config->tls_more.count; i++) {
        struct tls_certificate *item = &config->tls_more.certificates[i];
        pair = item_pair(config, i);
        load_one(loading, &pair, item, &item->ends_s);
    }
}

static void repeated_check(struct loading *loading, size_t which)
{
    struct tls_contexts_repeated repeated = tls_contexts_repeated(loading->sources, which);
    char other[sizeof("tls.certificates[") + 24] = "tls.certificate";

    if (repeated.name.at == NULL)
        return;
    if (loading->is_item[repeated.earlier])
        snprintf(other, sizeof(other), "tls.certificates[%zu]", loading->items[repeated.earlier]);
    settings_complain(
        loading->settings, "tls.certificates.*.certificate", loading->items[which],
        "%s is for the name \"%.*s\", too, with a key of the same type; names can say "
        "which certificate clients get",
        other, TEXT_ARGS(repeated.name));
    loading->is_good = false;
}

/* The certificates of clients. */

static bool lists_check(struct settings *settings, const char *file)
{
    bool is_old = false;

    if (!server_clients_lists(file, &is_old)) {
        settings_complain(settings, "tls.client.crl_file", 0,
                          "\"%.200s\" holds no revocation list in PEM form", file);
        return false;
    }
    if (is_old)
        settings_warn(settings, "tls.client.crl_file", 0,
                      "\"%.200s\" has a list that is too old, so certificates of its authority are "
                      "refused",
                      file);
    return true;
}

/* Returns false when the files cannot be used. */
static bool clients_check(struct settings *settings)
{
    const struct server_clients *clients = &settings->config->tls_more.clients;
    char wrong[PEM_WRONG_SIZE];

    if (clients->verify == SERVER_CLIENTS_OFF)
        return true;
    if (clients->ca_file == NULL) {
        settings_complain(settings, "tls.client.verify", 0, "it needs tls.client.ca_file");
        return false;
    }
    if (pem_check_authorities(clients->ca_file, wrong) != 0) {
        settings_complain(settings, "tls.client.ca_file", 0, "\"%.200s\" %s", clients->ca_file,
                          wrong);
        return false;
    }
    if (pem_check_dates(clients->ca_file, wrong) != 0)
        settings_warn(settings, "tls.client.ca_file", 0, "\"%.200s\" %s", clients->ca_file, wrong);
    return clients->crl_file == NULL || lists_check(settings, clients->crl_file);
}

static bool listens_on_tls(const struct config *config)
{
    for (size_t i = 0; i < config->listen_count; i++)
        if (config->listens[i].is_tls)
            return true;
    return false;
}

/* section_listen.c has reported an https address without any certificate. */
static void missing_check(struct settings *settings)
{
    const struct config *config = settings->config;
    struct tls_pair pair = main_pair(config);

    if (!listens_on_tls(config) || config_may_have_tls(config))
        tls_pair_check(settings, &pair);
    for (size_t i = 0; i < config->tls_more.count; i++) {
        pair = item_pair(config, i);
        tls_pair_check(settings, &pair);
    }
}

static void make(struct loading *loading)
{
    struct config *config = loading->settings->config;

    for (size_t i = 1; i < loading->count; i++)
        repeated_check(loading, i);
    if (!loading->is_good || loading->count == 0)
        return;
    config->tls = tls_contexts_make(loading->sources, loading->count, &config->tls_more.clients,
                                    loading->settings->pool);
    if (config->tls == NULL) /* a file has changed since it was checked */
        settings_complain(loading->settings, "tls.client.ca_file", 0, "it cannot be loaded");
}

static void check(struct settings *settings)
{
    struct loading loading = {.settings = settings, .count = 0, .is_good = true};

    load_all(&loading);
    missing_check(settings);
    loading.is_good = clients_check(settings) && loading.is_good;
    make(&loading);
    for (size_t i = 0; i < loading.count; i++)
        SSL_CTX_free(loading.sources[i].alone);
}

/* Each header has one writer. The other sections have been checked. */
static void check_to_serve(struct settings *settings)
{
    const struct config *config = settings->config;
    struct text header = config->tls_more.clients.header;
    const char *other = NULL;

    if (config->tls_more.clients.verify == SERVER_CLIENTS_OFF)
        return;
    if (text_equal(header, config->identity.header) &&
        settings_is_given(settings, "identity.header", 0))
        other = "identity.header";
    if (config->api_keys.source != API_KEYS_OFF && text_equal(header, config->api_keys.header))
        other = "api_keys.header";
    for (size_t i = 0; i < config->authorizer.header_count; i++)
        if (text_equal(header, config->authorizer.headers[i]))
            other = "login.authorizer.headers";
    if (other != NULL)
        settings_complain(settings, "tls.client.header", 0, "%s has the same header", other);
}

const struct section section_tls = {.rows = rows, .check = check, .check_to_serve = check_to_serve};
