/* services.*.tls: the certificate of ours that a service gets when it asks for one. */
#include <openssl/ssl.h>

#include "bff/base/check.h"
#include "bff/config/kind.h"
#include "bff/config/tls_pair.h"
#include "bff/upstream/trust.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct service_settings, member)

static const struct setting rows[] = {
    {"services.*.tls.certificate", &kind_file, OF(certificate),
     .about = "certificate chain of ours for a service that asks for one, a PEM file"},
    {"services.*.tls.key", &kind_file, OF(tls_key), .about = "its private key, a PEM file"},
    {0},
};

static bool is_tls(const struct service_settings *service)
{
    for (size_t i = 0; i < service->endpoint_count; i++)
        if (service->endpoints[i].is_tls)
            return true;
    return false;
}

/* The trust is missing when the service is plain, or its authorities are wrong. The files are
 * checked anyway. */
static void load(struct settings *settings, const struct tls_pair *pair, struct trust *trust)
{
    SSL_CTX *none = trust == NULL ? SSL_CTX_new(TLS_client_method()) : NULL;

    must(trust != NULL || none != NULL);
    if (tls_pair_load(settings, pair, trust == NULL ? none : trust_context(trust)) && trust != NULL)
        trust_changed(trust);
    SSL_CTX_free(none);
}

static void one_check(struct settings *settings, size_t index)
{
    struct service_settings *service = &settings->config->services[index];
    struct tls_pair pair = {.certificate_path = "services.*.tls.certificate",
                            .key_path = "services.*.tls.key",
                            .index = index,
                            .certificate = service->certificate,
                            .key = service->tls_key};

    if (pair.certificate == NULL && pair.key == NULL)
        return;
    tls_pair_check(settings, &pair);
    load(settings, &pair, service->trust);
    if (!is_tls(service))
        settings_warn(settings, pair.certificate == NULL ? pair.key_path : pair.certificate_path,
                      index, "it has no effect: no endpoint of the service has https");
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++)
        one_check(settings, i);
}

const struct section section_services_tls = {
    .rows = rows, .items = &section_services_items, .check = check};
