/* trusted_proxies and trusted_headers: which proxies may report the client, and in which fields. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

static void networks_read(struct settings_input *input)
{
    struct trusted *trusted = &input->config->trusted;

    trusted->networks = kind_networks(input);
    trusted->count = trusted->networks == NULL ? 0 : input->values->count;
}

static void headers_read(struct settings_input *input)
{
    bool *reads_forwarded = input->member;

    if (strcmp(input->text, "forwarded") == 0 || strcmp(input->text, "x-forwarded") == 0)
        *reads_forwarded = input->text[0] == 'f';
    else
        settings_refuse_value(input, 0, "expected x-forwarded or forwarded");
}

static const struct settings_kind networks_kind = {.read = networks_read, .is_list = true};
static const struct settings_kind headers_kind = {.read = headers_read};

static const struct setting rows[] = {
    {"trusted_proxies", &networks_kind, .shown = "none",
     .about = "who may say who a client is: 10.0.0.0/8 or an address"},
    {"trusted_headers", &headers_kind, offsetof(struct config, trusted.reads_forwarded),
     .normal = "x-forwarded", .about = "where they say it: x-forwarded or forwarded (RFC 7239)"},
    {0},
};

const struct section section_trusted_proxies = {.rows = rows};
