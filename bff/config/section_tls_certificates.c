/* tls.certificates: more certificates of the server. section_tls.c loads them. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct tls_certificate, member)

static bool is_name(const char *text)
{
    bool is_wildcard = text[0] == '*' && text[1] == '.';

    return kind_host_is(is_wildcard ? text + 2 : text);
}

static void names_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct tls_certificate *certificate = input->member; /* the row's offset is 0 */
    struct text *names = pool_zero(input->config->pool, values->count * sizeof(*names));

    for (size_t i = 0; i < values->count; i++) {
        if (!is_name(values->texts[i]))
            settings_refuse_value(input, i, "expected a name, such as shop.example or *.example");
        names[i] = kind_lower(input->config->pool, text_of(values->texts[i]));
        for (size_t j = 0; j < i; j++)
            if (text_equal(names[i], names[j]))
                settings_refuse_value(input, i, "it is listed twice");
    }
    if (input->is_wrong)
        return;
    certificate->names = names;
    certificate->name_count = values->count;
}

static const struct settings_kind names_kind = {.read = names_read, .is_list = true};

static const struct setting rows[] = {
    {"tls.certificates.*.certificate", &kind_file, OF(certificate),
     .about = "another certificate chain, for clients that ask for one of its names"},
    {"tls.certificates.*.key", &kind_file, OF(key), .about = "its private key, as tls.key"},
    {"tls.certificates.*.names", &names_kind, 0, .shown = "its DNS names",
     .about = "the names for which clients get it: shop.example or *.example"},
    {0},
};

static size_t count(const struct config *config) { return config->tls_more.count; }

static void *at(struct config *config, size_t index)
{
    return &config->tls_more.certificates[index];
}

static void make(struct config *config, size_t count)
{
    struct tls_settings *tls = &config->tls_more;

    tls->certificates = pool_zero(config->pool, (count + 1) * sizeof(*tls->certificates));
    tls->count = count;
}

static const struct settings_items items = {.path = "tls.certificates",
                                            .noun = "certificate",
                                            .count = count,
                                            .at = at,
                                            .make = make,
                                            .most = TLS_CERTIFICATES_MAX};

const struct section section_tls_certificates = {.rows = rows, .items = &items};
