/*
 * tracing: where spans go, which requests have some, and the baggage that services get. Some
 * settings have the variables of OpenTelemetry. In these, a list is one text:
 * "key=value,key=value".
 */
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/config/authorities.h"
#include "bff/config/kind.h"
#include "bff/http/field.h"
#include "bff/observe/resource.h"
#include "bff/upstream/outside.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, tracing.member)
#define TRACES_PATH "/v1/traces" /* of OTLP over HTTP */
#define SAMPLE_DECIMALS 4        /* of a percentage */

/* A collector is often a name of the same cluster, so http is possible. */
static void url_read(struct settings_input *input)
{
    struct text url = text_of(input->text);
    const char *words = outside_check_url(url);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = pool_text(input->config->pool, url);
}

/* Reads a percentage with decimals as parts of a million. */
static int sample_parse(struct text text, uint32_t *out)
{
    struct text rest = text, whole;
    uint64_t number, decimals = 0;

    if (rest.len > 0 && rest.at[rest.len - 1] == '%')
        rest.len--;
    else if (memchr(text.at, '.', text.len) != NULL)
        return -1; /* 0.1 could be meant as a tenth */
    whole = text_cut(&rest, '.');
    if (text_number(whole, 100, &number) != 0 || rest.len > SAMPLE_DECIMALS)
        return -1;
    if (rest.at != NULL && text_number(rest, 9999, &decimals) != 0)
        return -1;
    for (size_t i = rest.len; i < SAMPLE_DECIMALS; i++)
        decimals *= 10;
    number = number * (TRACING_SAMPLE_ALL / 100) + decimals;
    *out = (uint32_t)number;
    return number <= TRACING_SAMPLE_ALL ? 0 : -1;
}

static void sample_read(struct settings_input *input)
{
    uint32_t sample;

    if (sample_parse(text_of(input->text), &sample) != 0)
        settings_refuse_value(
            input, 0, "expected a percentage such as 10% or 0.1%, with at most four decimals");
    else
        *(uint32_t *)input->member = sample;
}

/* Pairs of a mapping, or of a variable. */

struct pair {
    struct text key, value;
};

static bool is_variable(const struct settings_input *input)
{
    const char *source = input->values->places[0].source;

    return source != NULL && input->row->environment != NULL &&
           strcmp(source, input->row->environment) == 0;
}

/* Reads value number ${which} of a mapping: "name: value". */
static struct pair pair_of(const struct settings_input *input, size_t which)
{
    struct text value = text_of(input->values->texts[which]), key = text_cut(&value, ':');

    return (struct pair){text_trim(key), text_trim(value)};
}

static void pairs_read(struct settings_input *input,
                       void (*add)(struct settings_input *input, size_t which,
                                   const struct pair *pair, struct text_builder *out))
{
    struct text_builder out;
    struct text list = text_of(input->text);

    text_builder_init(&out, input->config->pool, 64);
    for (size_t i = 0; i < input->values->count && !is_variable(input); i++) {
        struct pair pair = pair_of(input, i);
        add(input, i, &pair, &out);
    }
    while (is_variable(input) && list.at != NULL && !input->is_wrong) {
        struct text value = text_trim(text_cut(&list, ',')), key = text_cut(&value, '=');
        struct pair pair = {text_trim(key), text_trim(value)};
        if (percent_decode(input->config->pool, pair.value, &pair.value) != 0)
            settings_refuse(input, 0, "a '%%' is followed by two hexadecimal digits");
        else if (key.len > 0)
            add(input, 0, &pair, &out);
    }
    if (!input->is_wrong)
        *(struct text *)input->member = text_builder_text(&out);
}

/* No message may show the value, because it may be a secret. */
static void header_add(struct settings_input *input, size_t which, const struct pair *pair,
                       struct text_builder *out)
{
    static const char *const own[] = {"host",       "content-length",  "content-type",
                                      "accept",     "accept-encoding", "expect",
                                      "traceparent"};
    const char *words = NULL;

    if (!field_is_token(pair->key) || pair->value.at == NULL)
        words = "expected names of headers and their values";
    else if (!field_is_value(pair->value))
        words = "a header's value has no control bytes";
    else if (field_is_hop_by_hop(pair->key))
        words = "it belongs to the connection; the server alone writes it";
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]) && words == NULL; i++)
        if (text_equal_nocase(pair->key, text_of(own[i])))
            words = "the server alone writes it";
    if (words != NULL)
        settings_refuse(input, which, "\"%.*s\": %s",
                        pair->key.len > 100 ? 100 : (int)pair->key.len,
                        pair->key.at == NULL ? "" : pair->key.at, words);
    else
        text_builder_field(out, pair->key, pair->value);
}

static void headers_read(struct settings_input *input) { pairs_read(input, header_add); }

/* The values are percent-encoded again, as resource.h wants them. */
static void attribute_add(struct settings_input *input, size_t which, const struct pair *pair,
                          struct text_builder *out)
{
    if (pair->key.len == 0 || pair->value.at == NULL || memchr(pair->key.at, '=', pair->key.len)) {
        settings_refuse(input, which, "expected names of attributes and their values");
        return;
    }
    if (out->len > 0)
        text_builder_add(out, TEXT(","));
    text_builder_add(out, pair->key);
    text_builder_add(out, TEXT("="));
    text_builder_encoded(out, pair->value);
}

static void attributes_read(struct settings_input *input) { pairs_read(input, attribute_add); }

static void baggage_read(struct settings_input *input)
{
    size_t count = input->values->count;
    struct text *names = pool_zero(input->config->pool, count * sizeof(*names));

    for (size_t i = 0; i < count; i++) {
        names[i] = pool_text(input->config->pool, text_of(input->values->texts[i]));
        if (!field_is_token(names[i]))
            settings_refuse_value(input, i, "expected the key of a member, such as tenant");
    }
    if (input->is_wrong)
        return;
    input->config->tracing.baggage = names;
    input->config->tracing.baggage_count = count;
}

static const struct settings_kind url_kind = {.read = url_read};
static const struct settings_kind sample_kind = {.read = sample_read};
static const struct settings_kind headers_kind = {.read = headers_read, .is_mapping = true};
static const struct settings_kind attributes_kind = {.read = attributes_read, .is_mapping = true};
static const struct settings_kind baggage_kind = {.read = baggage_read, .is_list = true};

static const struct setting rows[] = {
    {"tracing", &kind_only_off, .shown = "off",
     .about = "spans of requests, sent to an OpenTelemetry collector; or off"},
    {"tracing.url", &url_kind, OF(url), .shown = "endpoint, and /v1/traces",
     .about = "where spans are sent, by OTLP over HTTP: http://127.0.0.1:4318/v1/traces",
     .environment = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", .may_be_unset = true},
    {"tracing.endpoint", &url_kind, OF(base),
     .about = "the same without /v1/traces, in place of url",
     .environment = "OTEL_EXPORTER_OTLP_ENDPOINT", .may_be_unset = true},
    {"tracing.headers", &headers_kind, OF(headers),
     .about = "headers for the collector, such as Authorization",
     .environment = "OTEL_EXPORTER_OTLP_HEADERS"},
    {"tracing.ca_file", &kind_file, OF(ca_file), .shown = "the system's authorities",
     .about = "who may sign the collector's certificate, a PEM file"},
    {"tracing.sample", &sample_kind, OF(sample), .normal = "10%",
     .about = "the share of traces that are sampled, such as 0.1%"},
    {"tracing.parent", &kind_bool, OF(follows_parent), .normal = "true",
     .about = "a request that continues a trace is sampled when its client says so"},
    {"tracing.always.errors", &kind_bool, OF(keeps_failed), .normal = "false",
     .about = "requests that fail are kept, even if they are not sampled"},
    {"tracing.always.slow", &kind_duration, OF(slow_ms), 1, 3600 * UNITS_SECOND,
     .about = "and those that take at least so long"},
    {"tracing.batch", &kind_count, OF(batch), 1, 10000, .normal = "512",
     .about = "the most spans of one export"},
    {"tracing.queue", &kind_count, OF(queue), 1, 100000, .normal = "2048",
     .about = "the most spans that wait in a worker; more are dropped"},
    {"tracing.interval", &kind_duration, OF(interval_ms), 10, 600 * UNITS_SECOND, .normal = "5s",
     .about = "the longest time that a span waits for its export"},
    {"tracing.timeout", &kind_duration, OF(timeout_ms), 10, 600 * UNITS_SECOND, .normal = "10s",
     .about = "of an export"},
    {"tracing.service_name", &kind_text, OF(service_name), .shown = "bff-web, or bff-mobile",
     .about = "the attribute service.name of all spans", .environment = "OTEL_SERVICE_NAME"},
    {"tracing.attributes", &attributes_kind, OF(attributes),
     .about = "more attributes of the resource, such as deployment.environment.name: production",
     .environment = "OTEL_RESOURCE_ATTRIBUTES"},
    {"tracing.baggage", &baggage_kind, .shown = "none",
     .about = "keys of the members of the header baggage that services get"},
    {0},
};

static void begin(struct config *config, const struct bff_build *build)
{
    config->tracing.service_name = pool_print(config->pool, "bff-%s", build->name);
}

static bool ends_with(struct text text, struct text end)
{
    return text.len >= end.len && memcmp(text.at + text.len - end.len, end.at, end.len) == 0;
}

static struct text without_slash(struct text url)
{
    while (url.len > 0 && url.at[url.len - 1] == '/')
        url.len--;
    return url;
}

/* The endpoint ends with a slash or without one. */
static void set_url(struct config *config)
{
    struct tracing_settings *tracing = &config->tracing;
    struct text base = without_slash(tracing->base);

    if (tracing->url.at != NULL || base.at == NULL)
        return;
    tracing->url = pool_print(config->pool, "%.*s" TRACES_PATH, TEXT_ARGS(base));
}

static void queue_check(struct settings *settings)
{
    if (settings->config->tracing.queue < settings->config->tracing.batch)
        settings_complain(settings,
                          settings_is_given(settings, "tracing.queue", 0) ? "tracing.queue"
                                                                          : "tracing.batch",
                          0, "the queue must have room for a batch");
}

/* Returns the first setting that has no effect without a URL; NULL: none is given. */
static const char *idle(const struct settings *settings)
{
    static const char *const names[] = {"tracing.headers",       "tracing.ca_file",
                                        "tracing.sample",        "tracing.parent",
                                        "tracing.always.errors", "tracing.always.slow"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (settings_is_given(settings, names[i], 0) &&
            settings_mark(settings, names[i], 0)->place.line > 0)
            return names[i];
    return NULL;
}

/* Warns of URLs that are possible, and with which a collector usually does not answer. */
static void urls_check(struct settings *settings)
{
    const struct tracing_settings *tracing = &settings->config->tracing;
    struct text url = tracing->url, base = without_slash(tracing->base), path = url;

    if (url.at != NULL) {
        text_cut(&path, '/'), text_cut(&path, '/'), text_cut(&path, '/');
        if (path.len == 0)
            settings_warn(settings, "tracing.url", 0,
                          "it is used as it is. Most collectors need " TRACES_PATH
                          " at its end; endpoint is the setting without it");
        if (base.at != NULL)
            settings_warn(settings, "tracing.endpoint", 0, "it has no effect beside tracing.url");
    } else if (ends_with(base, TEXT(TRACES_PATH)))
        settings_warn(settings, "tracing.endpoint", 0,
                      TRACES_PATH " is added to it; with this path, the setting is tracing.url");
}

static void check(struct settings *settings)
{
    struct tracing_settings *tracing = &settings->config->tracing;
    bool is_wrong = settings_mark(settings, "tracing.url", 0)->is_wrong ||
                    settings_mark(settings, "tracing.endpoint", 0)->is_wrong;
    bool is_unset = settings_mark(settings, "tracing.url", 0)->is_unset ||
                    settings_mark(settings, "tracing.endpoint", 0)->is_unset;
    const char *name = idle(settings);

    urls_check(settings);
    set_url(settings->config);
    tracing->is_on = tracing->url.at != NULL && !settings_is_given(settings, "tracing", 0);
    if (tracing->url.at == NULL && name != NULL && !is_wrong && !is_unset)
        settings_complain(settings, name, 0, "it needs tracing.url, or tracing.endpoint");
    queue_check(settings);
    if (tracing->is_on)
        tracing->trust =
            authorities_load(settings, &(struct authorities){
                                           .url_path = settings_is_given(settings, "tracing.url", 0)
                                                           ? "tracing.url"
                                                           : "tracing.endpoint",
                                           .file_path = "tracing.ca_file",
                                           .url = tracing->url,
                                           .file = tracing->ca_file,
                                       });
}

const struct section section_tracing = {.rows = rows, .begin = begin, .check = check};
