/* services.NAME: where each service is. Its other settings are in section_services_*.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/ip.h"
#include "bff/base/memory.h"
#include "bff/compose/build.h"
#include "bff/config/kind.h"
#include "bff/yaml/names.h"
#include "bff/config/pem.h"
#include "bff/yaml/suggest_words.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct service_settings, member)
#define ADDED_MAX 32 /* the most services that the file adds to those of the build */
#define NAME_BYTES 64
#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define CALLS_MAX 1000000 /* the largest limit of requests at the same time */

/* Replaces the endpoints of the service. */
static void endpoints_set(struct service_settings *service, struct service_endpoint *endpoints,
                          size_t count)
{
    service_endpoints_free(service);
    service->endpoints = endpoints;
    service->endpoint_count = count;
}

/* Reads value number ${which}, a URL, into ${out}. The other members keep their values. */
static void url_set(struct settings_input *input, size_t which, struct service_endpoint *out)
{
    struct service_endpoint read;
    const char *url = input->values->texts[which];
    const char *words = service_endpoint_read(url, &read);

    if (strchr(url, ',') != NULL)
        words = "several URLs are written as a list: [URL, URL]";
    if (words != NULL) {
        settings_refuse_value(input, which, words);
        return;
    }
    out->host = read.host;
    out->authority = read.authority;
    out->port = read.port;
    out->is_tls = read.is_tls;
}

static void url_read(struct settings_input *input) { url_set(input, 0, input->member); }

static const struct settings_kind url_kind = {.read = url_read};

#define IN_ENDPOINT(member) offsetof(struct service_endpoint, member)

static const struct setting endpoint_rows[] = {
    {"services.*.endpoints.*.url", &url_kind,
     .about = "of an endpoint that is a mapping: http://HOST:PORT or https://HOST:PORT"},
    {"services.*.endpoints.*.weight", &kind_number, IN_ENDPOINT(weight), 1, SERVICE_WEIGHT_MAX,
     .normal = "1", .about = "its share of the requests"},
    {"services.*.endpoints.*.max_in_flight", &kind_number, IN_ENDPOINT(max_in_flight), 0, CALLS_MAX,
     .normal = "0", .about = "requests to it at the same time; 0: no limit"},
    {"services.*.endpoints.*.backup", &kind_bool, IN_ENDPOINT(is_backup), .normal = "false",
     .about = "true: it is asked only while no other endpoint can be asked"},
    {0},
};

static void endpoints_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct service_settings read = {0}, *service = input->member; /* the row's offset is 0 */
    struct service_endpoint *one = NULL;

    read.endpoints = memory_new(values->count * sizeof(*read.endpoints));
    for (size_t i = 0; i < values->count; i++) {
        if (settings_item_starts(values, i)) {
            one = &read.endpoints[read.endpoint_count++];
            one->weight = 1;
            if (!settings_item_has(values, i, endpoint_rows))
                settings_member_miss(input, i, endpoint_rows);
        }
        must(one != NULL);
        if (values->rows[i] == NULL)
            url_set(input, i, one);
        else if (values->rows[i] != &settings_item_begin)
            settings_member_read(input, i, one);
    }
    if (input->is_wrong)
        service_endpoints_free(&read);
    else
        endpoints_set(service, read.endpoints, read.endpoint_count);
}

static const struct settings_kind endpoints_kind = {
    .read = endpoints_read, .is_list = true, .members = endpoint_rows};

static const struct setting rows[] = {
    {"services.*.endpoints", &endpoints_kind, .shown = "the client file's",
     .about = "where the service is: http://HOST:PORT or https://HOST:PORT, or a mapping"},
    {"services.*.ca_file", &kind_file, OF(ca_file), .shown = "the system's authorities",
     .about = "who may sign the service's certificate, a PEM file"},
    {0},
};

static size_t count(const struct config *config) { return config->service_count; }

static void *at(struct config *config, size_t index) { return &config->services[index]; }

static const char *name(const struct config *config, size_t index)
{
    return config->services[index].service->name;
}

static size_t spare(const struct config *config) { return ADDED_MAX; }

/* Adds a service that the build does not have. The check says so if nothing uses it. */
static const char *add(struct config *config, struct text name)
{
    struct bff_service *service;

    if (name.len == 0 || name.len > NAME_BYTES)
        return "the name is too long";
    for (size_t i = 0; i < name.len; i++)
        if (strchr(NAME_LETTERS, name.at[i]) == NULL || name.at[i] == '\0')
            return "expected letters, digits, - and _";
    service = pool_zero(config->pool, sizeof(*service));
    service->name = pool_text(config->pool, name).at;
    config->services[config->service_count++].service = service;
    return NULL;
}

const struct settings_items section_services_items = {.path = "services",
                                                      .noun = "service",
                                                      .count = count,
                                                      .at = at,
                                                      .name = name,
                                                      .add = add,
                                                      .spare = spare};

static void begin(struct config *config, const struct bff_build *build)
{
    config->service_count = build_service_count(build);
    config->services = pool_zero(config->pool, (config->service_count + ADDED_MAX + 1) *
                                                   sizeof(*config->services));
    for (size_t i = 0; i < config->service_count; i++) {
        struct service_endpoint *endpoint = memory_new(sizeof(*endpoint));
        const struct bff_service *service = build->services->rows[i];
        must(service_endpoint_read(service->endpoint, endpoint) == NULL); /* build_check has */
        config->services[i].service = service;
        endpoints_set(&config->services[i], endpoint, 1);
    }
}

/* Reads endpoints, separated by commas, from a variable such as USERS_URL. */
static void variable_read(struct settings *settings, size_t index)
{
    const char *variable = settings->config->services[index].service->environment;
    struct settings_values values = {.count = 0};
    struct text rest = text_trim(text_of(variable == NULL ? NULL : getenv(variable)));

    while (rest.len > 0 && values.count < SETTINGS_LIST_MAX) {
        struct text one = text_trim(text_cut(&rest, ','));
        values.places[values.count] = (struct place){.source = variable};
        values.texts[values.count++] = pool_text(settings->pool, one).at;
    }
    if (rest.len > 0)
        mistakes_add(&settings->config->mistakes, &values.places[0],
                     "expected at most %d endpoints", SETTINGS_LIST_MAX);
    else if (values.count > 0)
        settings_set(settings, "services.*.endpoints", index, &values);
}

static void environment(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++)
        variable_read(settings, i);
}

static void authorities_check(struct settings *settings, size_t index)
{
    struct service_settings *service = &settings->config->services[index];
    const char *file = service->ca_file, *no_trust = NULL;
    char wrong[PEM_WRONG_SIZE];

    if (file != NULL && pem_check_authorities(file, wrong) != 0)
        settings_complain(settings, "services.*.ca_file", index, "\"%.200s\" %s", file, wrong);
    else if (service_load_trust(service, &no_trust) != 0)
        settings_complain(settings, "services.*.ca_file", index, "%s", no_trust);
    else if (file != NULL && pem_check_dates(file, wrong) != 0)
        settings_warn(settings, "services.*.ca_file", index, "\"%.200s\" %s", file, wrong);
}

static bool is_same_host(const char *a, const char *b)
{
    struct ip x, y;

    if (ip_read(text_of(a), &x) && ip_read(text_of(b), &y))
        return memcmp(&x, &y, sizeof(x)) == 0;
    return text_equal_nocase(text_of(a), text_of(b));
}

/* Two spellings may name the same address. It would get two turns. */
static void repeated_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];

    for (size_t i = 1; i < service->endpoint_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct service_endpoint *a = &service->endpoints[i], *b = &service->endpoints[j];
            if (a->is_tls != b->is_tls || a->port != b->port || !is_same_host(a->host, b->host))
                continue;
            settings_warn(settings, "services.*.endpoints", index,
                          "\"%s://%s\" is listed twice, so it gets twice the requests",
                          a->is_tls ? "https" : "http", a->authority);
            break;
        }
}

static void backup_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];

    for (size_t i = 0; i < service->endpoint_count; i++)
        if (!service->endpoints[i].is_backup)
            return;
    settings_complain(settings, "services.*.endpoints", index,
                      "every endpoint is a backup; at least one must be without backup: true");
}

static void weight_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];

    if (service->endpoint_count == 1 && service->endpoints[0].weight != 1)
        settings_warn(settings, "services.*.endpoints", index,
                      "the weight of the only endpoint has no effect");
}

/* A name that nothing uses was hardly meant as a new service. */
static void unused_report(struct settings *settings, size_t index, const struct place *place)
{
    const struct config *config = settings->config;
    const char *name = config->services[index].service->name;
    struct names names = {.count = 0};
    char path[sizeof("services.") + NAME_BYTES], words[SUGGEST_WORDS_SIZE];

    for (size_t i = 0; i < build_service_count(config->build); i++)
        names_add(&names, text_of(config->services[i].service->name));
    if (suggest_words("service", text_of(name), &names, words) == NULL &&
        config->services[index].endpoint_count > 0)
        snprintf(words, sizeof(words),
                 "nothing uses this service; expected a route with service: %s", name);
    snprintf(path, sizeof(path), "services.%s", name);
    mistakes_add_setting(&settings->config->mistakes, place, path, words);
}

/* Returns false when the service is none. */
static bool added_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];
    const struct place *place = &settings_group_of(settings, &section_services)->begins[index];

    if (service->service->endpoint != NULL)
        return true;
    if (!service->is_named)
        unused_report(settings, index, place);
    else if (service->endpoint_count == 0 &&
             !settings_mark(settings, "services.*.endpoints", index)->is_wrong)
        mistakes_add(&settings->config->mistakes, place,
                     "services.%s: this build does not have it, so it needs endpoints",
                     service->service->name);
    return service->endpoint_count > 0;
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++) {
        if (!added_check(settings, i))
            continue;
        repeated_check(settings, i);
        backup_check(settings, i);
        weight_check(settings, i);
        authorities_check(settings, i);
    }
}

const struct section section_services = {.rows = rows,
                                         .items = &section_services_items,
                                         .begin = begin,
                                         .environment = environment,
                                         .check = check};
