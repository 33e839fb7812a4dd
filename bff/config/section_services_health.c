/* services.NAME.health and .ejection: health checks of the service's endpoints, active and
 * passive. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct service_settings, member)
#define IN_A_ROW_MAX 1000  /* the most checks or failures in a row */
#define BODY_TEXT_MAX 1024 /* bytes of the text in a body */

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

static void body_read(struct settings_input *input)
{
    struct text text = text_of(input->text);

    if (text.len == 0 || text.len > BODY_TEXT_MAX)
        settings_refuse_value(input, 0, "expected a text of 1 to 1024 bytes");
    else
        *(struct text *)input->member = pool_text(input->config->pool, text);
}

static const struct settings_kind target_kind = {.read = target_read};
static const struct settings_kind body_kind = {.read = body_read};

static const struct setting rows[] = {
    {"services.*.ejection", &kind_no_number, OF(ejection.failures),
     .about = "off: an endpoint whose requests fail is still asked"},
    {"services.*.ejection.failures", &kind_number, OF(ejection.failures), 1, IN_A_ROW_MAX,
     .normal = "5", .about = "failures in a row that eject an endpoint"},
    {"services.*.ejection.time", &kind_duration, OF(ejection.time_ms), 100, UNITS_HOUR,
     .normal = "30s", .about = "how long it gets no requests, times the number of its ejections"},
    {"services.*.ejection.max_time", &kind_duration, OF(ejection.max_time_ms), 100, 24 * UNITS_HOUR,
     .normal = "300s", .about = "and no longer than this"},
    {"services.*.ejection.max_ejected", &kind_percent, OF(ejection.max_percent), 1, 100,
     .normal = "50", .about = "of the endpoints that may be ejected at the same time, in percent"},
    {"services.*.health", &kind_no_pointer, OF(health.path),
     .about = "off: nobody asks how the service is"},
    {"services.*.health.path", &target_kind, OF(health.path), .normal = "/health",
     .about = "what is asked for; an answer of 2xx is healthy"},
    {"services.*.health.interval", &kind_duration, OF(health.interval_ms), 100, UNITS_HOUR,
     .normal = "5s", .about = "from one question to the next"},
    {"services.*.health.jitter", &kind_percent, OF(health.jitter_percent), 0, 50, .normal = "10",
     .about = "the interval varies by up to so much, in percent"},
    {"services.*.health.timeout", &kind_duration, OF(health.timeout_ms), 1, UNITS_HOUR,
     .normal = "1s", .about = "an answer that comes later is none"},
    {"services.*.health.rise", &kind_number, OF(health.rise), 1, IN_A_ROW_MAX, .normal = "2",
     .about = "good answers in a row until an endpoint that was down is up"},
    {"services.*.health.fall", &kind_number, OF(health.fall), 1, IN_A_ROW_MAX, .normal = "3",
     .about = "bad answers in a row until an endpoint that was up is down"},
    {"services.*.health.status", &kind_number, OF(health.status), 200, 599, .shown = "any 2xx",
     .about = "the only status that is healthy"},
    {"services.*.health.body", &body_kind, OF(health.body), .shown = "any",
     .about = "a text that the body of a healthy answer has"},
    {"services.*.health.essential", &kind_bool, OF(health.is_essential), .normal = "false",
     .about = "without this service the server is not ready"},
    {0},
};

/* A default that is shorter than the time is raised. */
static void max_time_check(struct settings *settings, size_t index)
{
    struct service_ejection *ejection = &settings->config->services[index].ejection;
    char least[UNITS_SIZE], most[UNITS_SIZE];

    if (ejection->max_time_ms >= ejection->time_ms)
        return;
    if (!settings_is_given(settings, "services.*.ejection.max_time", index)) {
        ejection->max_time_ms = ejection->time_ms;
        return;
    }
    units_print_duration(ejection->time_ms, least);
    units_print_duration(ejection->max_time_ms, most);
    settings_complain(settings, "services.*.ejection.max_time", index,
                      "%s is shorter than ejection.time, which is %s", most, least);
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++)
        max_time_check(settings, i);
}

const struct section section_services_health = {
    .rows = rows, .items = &section_services_items, .check = check};
