/* See tls_pair.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/config/file_mode.h"
#include "bff/config/pem.h"
#include "bff/config/tls_pair.h"

static void complain(struct settings *settings, const struct tls_pair *pair, bool is_key,
                     const char *wrong)
{
    settings_complain(settings, is_key ? pair->key_path : pair->certificate_path, pair->index,
                      "\"%.200s\" %s", is_key ? pair->key : pair->certificate, wrong);
}

static void warn(struct settings *settings, const struct tls_pair *pair)
{
    char wrong[PEM_WRONG_SIZE];

    if (pem_check_dates(pair->certificate, wrong) != 0)
        settings_warn(settings, pair->certificate_path, pair->index, "\"%.200s\" %s",
                      pair->certificate, wrong);
    file_mode_check(settings, pair->key_path, pair->index, pair->key);
}

/* The key is checked alone when the certificate is wrong. */
static bool load_key(struct settings *settings, const struct tls_pair *pair, SSL_CTX *context)
{
    char wrong[PEM_WRONG_SIZE];

    if (pair->key == NULL)
        return false;
    if (pem_load_key(context, pair->key, wrong) == 0)
        return true;
    complain(settings, pair, true, wrong);
    return false;
}

bool tls_pair_load(struct settings *settings, const struct tls_pair *pair, SSL_CTX *context)
{
    char wrong[PEM_WRONG_SIZE];
    SSL_CTX *none;

    if (pair->certificate != NULL && pem_load_certificate(context, pair->certificate, wrong) == 0) {
        if (!load_key(settings, pair, context))
            return false;
        warn(settings, pair);
        return true;
    }
    if (pair->certificate != NULL)
        complain(settings, pair, false, wrong);
    none = SSL_CTX_new(TLS_method());
    must(none != NULL);
    load_key(settings, pair, none);
    SSL_CTX_free(none);
    return false;
}

/* "tls.key", or "a key" for an item, whose path has a "*". */
static const char *words_of(const char *path, const char *word)
{
    return strchr(path, '*') == NULL ? path : word;
}

void tls_pair_check(struct settings *settings, const struct tls_pair *pair)
{
    if (pair->certificate != NULL && pair->key == NULL)
        settings_complain(settings, pair->certificate_path, pair->index, "it needs %s beside it",
                          words_of(pair->key_path, "a key"));
    if (pair->key != NULL && pair->certificate == NULL)
        settings_complain(settings, pair->key_path, pair->index, "it needs %s beside it",
                          words_of(pair->certificate_path, "a certificate"));
}
