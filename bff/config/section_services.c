/* services.NAME: where each service is, how long its calls may take, and its health. */
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/ip.h"
#include "bff/base/memory.h"
#include "bff/compose/build.h"
#include "bff/config/kind.h"
#include "bff/config/pem.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct service_settings, member)

/* Replaces the endpoints of the service. */
static void endpoints_set(struct service_settings *service, struct service_endpoint *endpoints,
                          size_t count)
{
    service_endpoints_free(service);
    service->endpoints = endpoints;
    service->endpoint_count = count;
}

static void endpoints_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct service_settings read = {0}, *service = input->member; /* the row's offset is 0 */

    endpoints_set(&read, memory_new(values->count * sizeof(*read.endpoints)), values->count);
    for (size_t i = 0; i < values->count; i++) {
        const char *words = service_endpoint_read(values->texts[i], &read.endpoints[i]);
        if (words != NULL)
            settings_refuse_value(input, i, words);
    }
    if (input->is_wrong)
        service_endpoints_free(&read);
    else
        endpoints_set(service, read.endpoints, read.endpoint_count);
}

static void health_off_read(struct settings_input *input)
{
    if (kind_is_off(input))
        *(char **)input->member = NULL;
}

static const char *target_words(const char *text)
{
    if (*text != '/')
        return "it must begin with /";
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == '#')
            return "it holds a byte that must be written as % and two digits";
    return NULL;
}

/* Reads a path with or without a query. */
static void target_read(struct settings_input *input)
{
    const char *words = target_words(input->text);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(char **)input->member = (char *)pool_text(input->config->pool, text_of(input->text)).at;
}

static const struct settings_kind endpoints_kind = {.read = endpoints_read, .is_list = true};
static const struct settings_kind health_off_kind = {.read = health_off_read};
static const struct settings_kind target_kind = {.read = target_read};

static const struct setting rows[] = {
    {"services.*.endpoints", &endpoints_kind, .shown = "the client file's",
     .about = "where the service is: http://HOST:PORT or https://HOST:PORT"},
    {"services.*.timeout.connect", &kind_duration, OF(connect_ms), 1, UNITS_HOUR, .normal = "1s",
     .about = "from dialling to connected, TLS included"},
    {"services.*.timeout.first_byte", &kind_duration, OF(first_byte_ms), 1, UNITS_HOUR,
     .normal = "10s", .about = "from the request sent to the answer's first byte"},
    {"services.*.timeout.total", &kind_duration, OF(total_ms), 1, UNITS_HOUR, .normal = "30s",
     .about = "from start to end of a call, retries included"},
    {"services.*.ca_file", &kind_file, OF(ca_file), .shown = "the system's authorities",
     .about = "who may sign the service's certificate, a PEM file"},
    {"services.*.health", &health_off_kind, OF(health.path),
     .about = "off: nobody asks how the service is"},
    {"services.*.health.path", &target_kind, OF(health.path), .normal = "/health",
     .about = "what is asked for; an answer of 2xx is healthy"},
    {"services.*.health.interval", &kind_duration, OF(health.interval_ms), 100, UNITS_HOUR,
     .normal = "5s", .about = "from one question to the next"},
    {"services.*.health.timeout", &kind_duration, OF(health.timeout_ms), 1, UNITS_HOUR,
     .normal = "1s", .about = "an answer that comes later is none"},
    {"services.*.health.essential", &kind_bool, OF(health.is_essential), .normal = "false",
     .about = "without this service the server is not ready"},
    {0},
};

static size_t count(const struct config *config) { return config->service_count; }

static void *at(struct config *config, size_t index) { return &config->services[index]; }

static const char *name(const struct config *config, size_t index)
{
    return config->services[index].service->name;
}

static const struct settings_items items = {
    .path = "services", .noun = "service", .count = count, .at = at, .name = name};

static void begin(struct config *config, const struct bff_build *build)
{
    config->service_count = build_service_count(build);
    config->services =
        pool_zero(config->pool, (config->service_count + 1) * sizeof(*config->services));
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

/* The time limit of a phase must not be longer than the limit of the whole call. A longer default
 * is reduced. */
static void phase_check(struct settings *settings, size_t index, const char *path,
                        uint32_t *phase_ms)
{
    uint32_t total_ms = settings->config->services[index].total_ms;
    char phase[UNITS_SIZE], total[UNITS_SIZE];

    if (*phase_ms <= total_ms)
        return;
    if (settings_mark(settings, path, index)->place.source == NULL) {
        *phase_ms = total_ms;
        return;
    }
    units_print_duration(*phase_ms, phase);
    units_print_duration(total_ms, total);
    settings_complain(settings, path, index, "%s is longer than timeout.total, which is %s", phase,
                      total);
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

/* Two spellings of one address are the same one: it would get two turns, and two tries. */
static void endpoints_check(struct settings *settings, size_t index)
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

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++) {
        struct service_settings *service = &settings->config->services[i];
        phase_check(settings, i, "services.*.timeout.connect", &service->connect_ms);
        phase_check(settings, i, "services.*.timeout.first_byte", &service->first_byte_ms);
        endpoints_check(settings, i);
        authorities_check(settings, i);
    }
}

const struct section section_services = {
    .rows = rows, .items = &items, .begin = begin, .environment = environment, .check = check};
