/* admin: the address of the pages for operators. They ask nobody for a token, so the address should
 * be one that only operators reach. */
#include <stdio.h>

#include "bff/config/address.h"
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

/* A port alone is a port of this machine only. */
static const char *any_read(struct text text, struct config_listen *out)
{
    char address[sizeof("http://127.0.0.1:65535")];
    uint64_t port;

    if (text_starts(text, TEXT("unix:")))
        return address_read_unix(text.at, out);
    if (text_number(text, UINT16_MAX, &port) != 0)
        return address_read(text.at, out);
    snprintf(address, sizeof(address), "http://127.0.0.1:%u", (unsigned)port);
    return address_read(address, out);
}

static void listen_read(struct settings_input *input)
{
    struct pool *pool = input->config->pool;
    struct config_listen *listen = pool_zero(pool, sizeof(*listen));
    const char *words = any_read(text_of(input->text), listen);

    if (words != NULL) {
        settings_refuse_value(input, 0, words);
        return;
    }
    listen->text = (char *)pool_text(pool, text_of(input->text)).at;
    *(struct config_listen **)input->member = listen;
}

static const struct settings_kind listen_kind = {.read = listen_read};

static const struct setting rows[] = {
    {"admin.listen", &listen_kind, OF(admin), .shown = "none: there are no such pages",
     .about = "the address of the pages for operators, such as http://127.0.0.1:9090"},
    {0},
};

static void check(struct settings *settings)
{
    const struct config *config = settings->config;

    if (config->admin == NULL)
        return;
    if (config->admin->is_tls && (config->certificate == NULL || config->key == NULL))
        settings_complain(settings, "admin.listen", 0, "https needs tls.certificate and tls.key");
    for (size_t i = 0; i < config->listen_count; i++)
        if (address_equal(config->admin, &config->listens[i]))
            settings_complain(settings, "admin.listen", 0,
                              "clients come to the same address (listen); expected another port");
    if (!address_is_loopback(config->admin))
        settings_warn(settings, "admin.listen", 0,
                      "everybody who reaches \"%.100s\" may use the pages for operators; keep "
                      "others away from it, or listen on 127.0.0.1",
                      config->admin->text);
}

const struct section section_admin = {.rows = rows, .check = check};
