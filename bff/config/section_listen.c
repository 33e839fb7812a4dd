/* listen, workers, half_close: where the server listens, with how many threads, and what the
 * end of a client's sending means. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/config/address.h"
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

/* Reads value number ${which}, a URL, into ${out}. The other members keep their values. */
static void url_set(struct settings_input *input, size_t which, struct config_listen *out)
{
    const char *url = input->values->texts[which];
    struct config_listen read;
    const char *words = address_read(url, &read);

    if (words != NULL) {
        settings_refuse_value(input, which, words);
        return;
    }
    out->text = (char *)pool_text(input->config->pool, text_of(url)).at;
    out->is_tls = read.is_tls;
    out->address = read.address;
    out->address_len = read.address_len;
}

static void url_read(struct settings_input *input) { url_set(input, 0, input->member); }

static const struct settings_kind url_kind = {.read = url_read};

#define IN_LISTEN(member) offsetof(struct config_listen, member)

static const struct setting listen_rows[] = {
    {"listen.*.url", &url_kind,
     .about = "of an address that is a mapping: http://HOST:PORT or https://HOST:PORT"},
    {"listen.*.proxy_protocol", &kind_bool, IN_LISTEN(has_proxy_header), .normal = "false",
     .about = "true: each connection begins with a PROXY header of a trusted proxy"},
    {0},
};

static void listens_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct config_listen *listens =
                             pool_zero(input->config->pool, values->count * sizeof(*listens)),
                         *one = NULL;
    size_t count = 0;

    for (size_t i = 0; i < values->count; i++) {
        if (settings_item_starts(values, i)) {
            one = &listens[count++];
            one->item = i;
            if (!settings_item_has(values, i, listen_rows))
                settings_member_miss(input, i, listen_rows);
        }
        must(one != NULL);
        if (values->rows[i] == NULL)
            url_set(input, i, one);
        else if (values->rows[i] != &settings_item_begin)
            settings_member_read(input, i, one);
    }
    if (input->is_wrong)
        return;
    input->config->listens = listens;
    input->config->listen_count = count;
}

static const char *workers_text_read(struct text text, uint64_t *number)
{
    return kind_whole.read(text, number) == NULL ? NULL : "expected auto or a whole number";
}

static void workers_read(struct settings_input *input)
{
    struct kind_form form = {workers_text_read, kind_whole.print};
    uint64_t number = 0;

    if (strcmp(input->text, "auto") == 0 || kind_read_number(input, &form, &number) == 0)
        *(unsigned *)input->member = (unsigned)number;
}

static void half_close_read(struct settings_input *input)
{
    bool is_answer = strcmp(input->text, "answer") == 0;

    if (is_answer || strcmp(input->text, "leave") == 0)
        *(bool *)input->member = is_answer;
    else
        settings_refuse_value(input, 0, "expected leave or answer");
}

static const struct settings_kind listens_kind = {
    .read = listens_read, .is_list = true, .members = listen_rows};
static const struct settings_kind workers_kind = {.read = workers_read};
static const struct settings_kind half_close_kind = {.read = half_close_read};

static const struct setting rows[] = {
    {"listen", &listens_kind,
     .shown =
         "http://0.0.0.0 on the port of the build (web 8080, mobile 8081); with --mock 127.0.0.1",
     .about =
         "addresses that clients come to: http://HOST:PORT or https://HOST:PORT, or a mapping"},
    {"workers", &workers_kind, OF(workers), 1, 256, .normal = "auto",
     .about = "threads that serve; auto: one for each core"},
    {"half_close", &half_close_kind, OF(answers_half_closed), .normal = "leave",
     .about =
         "a client that ends its sending side has left (leave), or waits for answers (answer)"},
    {0},
};

/* Listens on the port of the build only. */
static void listen_on(struct config *config, const char *host)
{
    char text[sizeof("http://255.255.255.255:4294967295")];

    snprintf(text, sizeof(text), "http://%s:%u", host, config->build->port);
    config->listens = pool_zero(config->pool, sizeof(*config->listens));
    config->listen_count = 1;
    must(address_read(text, config->listens) == NULL);
    config->listens[0].text = (char *)pool_text(config->pool, text_of(text)).at;
}

static void begin(struct config *config, const struct bff_build *build)
{
    listen_on(config, "0.0.0.0");
}

/* Reports a mistake at the place of a listen address. If the place is a line of the file, the
 * report begins with "listen: ". If it is an option, the place already names the setting. */
static void listen_complain(struct settings *settings, size_t index, const char *words)
{
    const struct settings_mark *mark = settings_mark(settings, "listen", 0);
    const struct config_listen *listen = &settings->config->listens[index];
    const struct place *place = mark->places == NULL ? &mark->place : &mark->places[listen->item];

    mistakes_add(&settings->config->mistakes, place, "%s\"%.100s\": %s",
                 place->line > 0 ? "listen: " : "", listen->text, words);
}

static void listens_check(struct settings *settings)
{
    const struct config *config = settings->config;
    bool has_tls = config_may_have_tls(config);

    for (size_t i = 0; i < config->listen_count; i++) {
        if (config->listens[i].is_tls && !has_tls) {
            listen_complain(settings, i, "https needs tls.certificate and tls.key");
            has_tls = true; /* it is said once */
        }
        if (config->listens[i].has_proxy_header && config->trusted.count == 0)
            listen_complain(settings, i,
                            "proxy_protocol needs trusted_proxies: the addresses of "
                            "the proxies that may come here");
        for (size_t j = 0; j < i; j++) {
            if (!address_equal(&config->listens[i], &config->listens[j]))
                continue;
            listen_complain(settings, i, "the same address is listed before it");
            break;
        }
    }
}

/* The accounts of mock services have passwords that everyone can read. So only this machine gets
 * there, unless the operator names an address. */
static void mock_check(struct settings *settings)
{
    struct config *config = settings->config;

    if (config->mock_dir != NULL && !settings_is_given(settings, "listen", 0))
        listen_on(config, "127.0.0.1");
}

static void check(struct settings *settings)
{
    mock_check(settings);
    listens_check(settings);
}

const struct section section_listen = {.rows = rows, .begin = begin, .check = check};
