/* See config_check.h. */
#include <stdio.h>

#include "bff/config/address.h"
#include "bff/config/config_routes.h"
#include "bff/config/pem.h"
#include "bff/http/server_tls.h"
#include "bff/config/units.h"

#include "bff/config/config_check.h"

static bool listens_on_tls(const struct config *config)
{
    for (size_t i = 0; i < config->listen_count; i++)
        if (config->listens[i].is_tls)
            return true;
    return false;
}

/* The place of a listen address, and its path where the place does not name it. */
static void listen_complain(struct settings *settings, size_t index, const char *words)
{
    const struct place *place = &settings->listen_places[index];

    mistakes_add(&settings->config->mistakes, place, "%s\"%.100s\": %s",
                 place->line > 0 ? "listen: " : "", settings->config->listens[index].text, words);
}

static void listens_check(struct settings *settings)
{
    const struct config *config = settings->config;

    for (size_t i = 0; i < config->listen_count; i++) {
        if (config->listens[i].is_tls && (config->certificate == NULL || config->key == NULL))
            listen_complain(settings, i, "https needs tls.certificate and tls.key");
        for (size_t j = 0; j < i; j++) {
            if (!address_equal(&config->listens[i], &config->listens[j]))
                continue;
            listen_complain(settings, i, "the same address stands there before");
            break;
        }
    }
}

static void file_complain(struct settings *settings, const struct setting *row, size_t service,
                          const char *words)
{
    char sentence[PEM_WRONG_SIZE + 256];
    const char *base = row->path[0] == 's' ? (char *)&settings->config->services[service]
                                           : (char *)settings->config;
    const char *file = *(char *const *)(base + row->offset);

    snprintf(sentence, sizeof(sentence), "\"%.200s\" %s", file, words);
    settings_complain(settings, row, service, sentence);
}

/* Loads both files into one context, which serves if both are right: they are not read again. */
static void tls_load(struct settings *settings, const struct setting *certificate,
                     const struct setting *key)
{
    struct config *config = settings->config;
    SSL_CTX *context = server_tls_new();
    char wrong[PEM_WRONG_SIZE];
    bool is_good = config->certificate != NULL && config->key != NULL;

    if (config->certificate != NULL &&
        pem_load_certificate(context, config->certificate, wrong) != 0) {
        file_complain(settings, certificate, 0, wrong);
        is_good = false;
        SSL_CTX_free(context); /* it may have half of the chain */
        context = server_tls_new();
    }
    if (config->key != NULL && pem_load_key(context, config->key, wrong) != 0) {
        file_complain(settings, key, 0, wrong);
        is_good = false;
    }
    if (is_good)
        config->tls = context;
    else
        SSL_CTX_free(context);
}

static void tls_check(struct settings *settings)
{
    const struct config *config = settings->config;
    const struct setting *certificate = settings_row("tls.certificate");
    const struct setting *key = settings_row("tls.key");

    tls_load(settings, certificate, key);
    if (listens_on_tls(config)) /* which has said that both are needed */
        return;
    if (config->certificate != NULL && config->key == NULL)
        settings_complain(settings, certificate, 0, "it needs tls.key beside it");
    if (config->key != NULL && config->certificate == NULL)
        settings_complain(settings, key, 0, "it needs tls.certificate beside it");
}

/* A phase of a call cannot be longer than the whole. */
static void phase_check(struct settings *settings, size_t service, const char *path)
{
    struct service_settings *of = &settings->config->services[service];
    const struct setting *row = settings_row(path);
    uint32_t *phase_ms = (uint32_t *)((char *)of + row->offset);
    char sentence[128], phase[UNITS_SIZE], total[UNITS_SIZE];

    if (*phase_ms <= of->total_ms)
        return;
    if (settings_mark(settings, row, service)->place.source == NULL) {
        *phase_ms = of->total_ms;
        return;
    }
    units_print_duration(*phase_ms, phase);
    units_print_duration(of->total_ms, total);
    snprintf(sentence, sizeof(sentence), "%s is longer than timeout.total, which is %s", phase,
             total);
    settings_complain(settings, row, service, sentence);
}

static void service_check(struct settings *settings, size_t service)
{
    struct service_settings *of = &settings->config->services[service];
    const char *no_trust = NULL;
    char wrong[PEM_WRONG_SIZE];

    phase_check(settings, service, "services.*.timeout.connect");
    phase_check(settings, service, "services.*.timeout.first_byte");
    if (of->ca_file != NULL && pem_check_authorities(of->ca_file, wrong) != 0)
        file_complain(settings, settings_row("services.*.ca_file"), service, wrong);
    else if (service_load_trust(of, &no_trust) != 0)
        settings_complain(settings, settings_row("services.*.ca_file"), service, no_trust);
}

static void cors_check(struct settings *settings)
{
    const struct cors_settings *cors = &settings->config->cors;

    if (cors->allows_any && cors->credentials)
        settings_complain(settings, settings_row("cors.origins"), 0,
                          "\"*\" lets every page act as the user; list the origins, or set "
                          "cors.credentials to false");
}

void config_check(struct settings *settings)
{
    listens_check(settings);
    tls_check(settings);
    for (size_t i = 0; i < settings->config->service_count; i++)
        service_check(settings, i);
    config_routes_check(settings);
    cors_check(settings);
}
