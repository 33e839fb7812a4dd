/* admin: the address of the pages for operators, and who may use them. */
#include <stdio.h>

#include "bff/config/address.h"
#include "bff/config/kind.h"
#include "bff/config/secret_file.h"
#include "bff/http/host.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

/* A port alone is a port of this machine only. */
static const char *any_read(struct text text, struct config_listen *out)
{
    char address[sizeof("http://127.0.0.1:") + 20];
    uint64_t port;

    if (text_starts(text, TEXT("unix:")))
        return address_read_unix(text.at, out);
    if (text_number(text, UINT64_MAX, &port) != 0)
        return address_read(text.at, out);
    snprintf(address, sizeof(address), "http://127.0.0.1:%llu", (unsigned long long)port);
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

/* No message may show the token. */
static void token_read(struct settings_input *input)
{
    struct text token = text_bare_line(text_of(input->text));

    if (token.len == 0)
        settings_refuse(input, 0, "the token is empty");
    else
        *(struct text *)input->member = pool_text(input->config->pool, token);
}

static void hosts_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct text *hosts = pool_zero(input->config->pool, (values->count + 1) * sizeof(*hosts));

    for (size_t i = 0; i < values->count; i++) {
        if (kind_host_is(values->texts[i]))
            hosts[i] = kind_lower(input->config->pool,
                                  host_name(input->config->pool, text_of(values->texts[i])));
        else
            settings_refuse_value(input, i, "expected a host without port, such as ops.example");
    }
    if (input->is_wrong)
        return;
    input->config->admin_settings.hosts = hosts;
    input->config->admin_settings.host_count = values->count;
}

static const struct settings_kind listen_kind = {.read = listen_read};
static const struct settings_kind token_kind = {.read = token_read};
static const struct settings_kind hosts_kind = {.read = hosts_read, .is_list = true};

static const struct setting rows[] = {
    {"admin.listen", &listen_kind, OF(admin), .shown = "none: there are no such pages",
     .about = "address of the pages for operators: http://127.0.0.1:9090, 9090, unix:/run/a.sock"},
    {"admin.token", &token_kind, OF(admin_settings.token), .shown = "none",
     .about = "what operators send as Authorization: Bearer, 16 bytes at least"},
    {"admin.token_file", &kind_file, OF(admin_token_file),
     .about = "the file that holds the token, in its place"},
    {"admin.hosts", &hosts_kind, .shown = "none",
     .about = "names that Host may have, beside IP addresses and localhost"},
    {0},
};

/* The characters of a token (RFC 6750 section 2.1), and enough of them. */
static const char *token_words(struct text token)
{
    if (token.len < ADMIN_TOKEN_LEAST)
        return "the token is too short; expected 16 bytes at least, such as those of "
               "openssl rand -hex 32";
    return text_is_visible(token) ? NULL : "the token has a blank, or a byte that is not ASCII";
}

static void token_check(struct settings *settings)
{
    struct config *config = settings->config;
    struct text *token = &config->admin_settings.token;
    const char *path = "admin.token", *words = NULL;

    if (config->admin_token_file != NULL && token->at != NULL) {
        settings_complain(settings, "admin.token_file", 0,
                          "the token itself is given beside it; expected one of the two");
        return;
    }
    if (config->admin_token_file != NULL) {
        path = "admin.token_file";
        *token = secret_file_read(settings, path, 0, config->admin_token_file);
    }
    if (token->at != NULL)
        words = token_words(*token);
    if (words != NULL)
        settings_complain(settings, path, 0, "%s", words);
}

static bool is_token_wrong(struct settings *settings)
{
    return settings_mark(settings, "admin.token", 0)->is_wrong ||
           settings->config->admin_token_file != NULL;
}

/* On another address, everybody who reaches it could try. */
static void address_check(struct settings *settings)
{
    const struct config *config = settings->config;

    if (config->admin_settings.token.at == NULL && !is_token_wrong(settings) &&
        !address_is_loopback(config->admin))
        settings_complain(settings, "admin.listen", 0,
                          "other machines may reach \"%.100s\", so it needs admin.token; or listen "
                          "on 127.0.0.1 or on unix:/run/bff/admin.sock",
                          config->admin->text);
}

/* Without an address there are no pages. But with --mock the pages below /__bff/ are where clients
 * come, and admin.hosts is for them, too. */
static void idle_check(struct settings *settings)
{
    static const char *const paths[] = {"admin.token", "admin.token_file", "admin.hosts"};
    const struct settings_mark *listen = settings_mark(settings, "admin.listen", 0);
    size_t count = sizeof(paths) / sizeof(paths[0]) - (settings->config->mock_dir != NULL ? 1 : 0);

    for (size_t i = 0; i < count; i++)
        if (settings_is_given(settings, paths[i], 0) && !listen->is_wrong)
            settings_warn(settings, paths[i], 0, "it has no effect without admin.listen");
}

static void check(struct settings *settings)
{
    const struct config *config = settings->config;

    token_check(settings);
    if (config->admin == NULL) {
        idle_check(settings);
        return;
    }
    if (config->admin->is_tls && !config_may_have_tls(config))
        settings_complain(settings, "admin.listen", 0, "https needs tls.certificate and tls.key");
    for (size_t i = 0; i < config->listen_count; i++)
        if (address_equal(config->admin, &config->listens[i]))
            settings_complain(settings, "admin.listen", 0,
                              "clients come to the same address (listen); expected another port");
    address_check(settings);
}

const struct section section_admin = {.rows = rows, .check = check};
