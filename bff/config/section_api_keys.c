/* api_keys: programs that ask with a key of their own. */
#include "bff/config/kind.h"
#include "bff/edge/api_keys_file.h"
#include "bff/limit/limit_rule.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, api_keys.member)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The place where keys are is chosen by the settings that are given, see source_check. */
static void redis_read(struct settings_input *input)
{
    bool is_on = false;
    struct settings_input inner = *input;

    inner.member = &is_on;
    kind_bool.read(&inner);
    input->is_wrong = inner.is_wrong;
    if (is_on)
        *(enum api_keys_source *)input->member = API_KEYS_REDIS;
}

static void header_read(struct settings_input *input)
{
    const char *words = kind_field_words(text_of(input->text));

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = kind_lower(input->config->pool, text_of(input->text));
}

static void paths_read(struct settings_input *input)
{
    struct kind_texts paths = kind_paths(input);

    if (input->is_wrong)
        return;
    input->config->api_keys.paths = paths.at;
    input->config->api_keys.path_count = paths.count;
}

static const struct settings_kind redis_kind = {.read = redis_read};
static const struct settings_kind header_kind = {.read = header_read};
static const struct settings_kind paths_kind = {.read = paths_read, .is_list = true};

static const struct setting rows[] = {
    {"api_keys", &kind_only_off, .shown = "off",
     .about = "keys of programs, and what they may; or off"},
    {"api_keys.header", &header_kind, OF(header), .normal = "X-API-Key",
     .about = "the header with the key"},
    {"api_keys.file", &kind_file, OF(file),
     .about = "the keys are in this file, as SHA-256: a list in YAML or JSON"},
    {"api_keys.redis", &redis_kind, OF(source), .normal = "false",
     .about = "true: the keys are in Redis, as hashes api_key:SHA-256"},
    {"api_keys.service.name", &kind_service, OF(service),
     .about = "the keys are known to this service, which is asked"},
    {"api_keys.service.path", &kind_path, OF(path), .normal = "/api-key",
     .about = "the path of the question"},
    {"api_keys.ttl", &kind_duration, OF(ttl_ms), 0, 24 * UNITS_HOUR, .normal = "60s",
     .about = "how long an answer of Redis or the service is used again"},
    {"api_keys.paths", &paths_kind, .normal = "/api/",
     .about = "requests that may have a key: a prefix when it ends with /"},
    {"api_keys.required", &kind_bool, OF(is_required), .normal = "false",
     .about = "true: requests below these paths need a key"},
    {0},
};

static bool is_given(const struct settings *settings, const char *path)
{
    return settings_is_given(settings, path, 0);
}

static bool is_wrong(const struct settings *settings, const char *path)
{
    return settings_mark(settings, path, 0)->is_wrong;
}

/* The settings of which exactly one says where the keys are. */
static const struct {
    const char *path;
    enum api_keys_source source;
} sources[] = {{"api_keys.file", API_KEYS_FILE},
               {"api_keys.redis", API_KEYS_REDIS},
               {"api_keys.service.name", API_KEYS_SERVICE}};

static bool has_source(const struct api_keys_settings *keys, enum api_keys_source source)
{
    return (source == API_KEYS_FILE && keys->file != NULL) ||
           (source == API_KEYS_REDIS && keys->source == API_KEYS_REDIS) ||
           (source == API_KEYS_SERVICE && keys->service != NULL);
}

static void source_check(struct settings *settings)
{
    struct api_keys_settings *keys = &settings->config->api_keys;
    const char *first = NULL;
    enum api_keys_source found = API_KEYS_OFF;
    bool is_reported = is_given(settings, "api_keys.service.path");

    for (size_t i = 0; i < COUNT(sources); i++) {
        is_reported = is_reported || is_wrong(settings, sources[i].path);
        if (!has_source(keys, sources[i].source))
            continue;
        if (first != NULL)
            settings_complain(settings, sources[i].path, 0,
                              "%s stands beside it; keys are in one place", first);
        first = sources[i].path;
        found = sources[i].source;
    }
    keys->source = found;
    if (found == API_KEYS_OFF && !is_reported)
        mistakes_add(&settings->config->mistakes, &settings_mark(settings, "api_keys", 0)->seen,
                     "api_keys: it does not say where the keys are; expected file, redis: true or "
                     "service");
}

static void use_check(struct settings *settings)
{
    const struct api_keys_settings *keys = &settings->config->api_keys;

    if (keys->source == API_KEYS_REDIS && !settings->config->redis.is_on &&
        !is_wrong(settings, "redis.url"))
        settings_complain(settings, "api_keys.redis", 0,
                          "there is no Redis; expected redis.url, or REDIS_URL");
    if (is_given(settings, "api_keys.service.path") && keys->service == NULL &&
        !is_wrong(settings, "api_keys.service.name"))
        settings_complain(settings, "api_keys.service.path", 0, "it needs name beside it");
    if (is_given(settings, "api_keys.ttl") && keys->source == API_KEYS_FILE)
        settings_warn(settings, "api_keys.ttl", 0,
                      "it has no effect: the keys of a file are always known");
}

/* The key of a limit is stored as people read it. */
static void limits_check(struct settings *settings)
{
    const struct limit_rules *limits = &settings->config->rate_limits;

    for (size_t i = 0; i < limits->count; i++)
        for (size_t j = 0; j < limits->rows[i].key_count; j++)
            if (text_equal(limits->rows[i].key[j].header, settings->config->api_keys.header) &&
                limits->rows[i].key[j].kind == LIMIT_KEY_HEADER)
                settings_complain(settings, "rate_limits.*.key", i,
                                  "the secrets of clients would be stored; expected api_key");
}

/* Without keys, a route that needs one would be closed to everybody, and a limit would count by
 * address. */
static void absence_check(struct settings *settings)
{
    const struct config *config = settings->config;

    for (size_t i = 0; i < config->routes.count; i++)
        if (config->routes.rows[i].access.kind == ACCESS_KEY)
            settings_complain(settings, "routes.*.access", i,
                              "there are no API keys; expected api_keys");
    for (size_t i = 0; i < config->build->composites.count; i++)
        if (config->build->composites.rows[i]->access == BFF_KEY)
            settings_warn(settings, "api_keys", 0,
                          "it is missing, so nobody may ask for %s, which needs an API key",
                          config->build->composites.rows[i]->route);
    for (size_t i = 0; i < config->rate_limits.count; i++)
        if (limit_rule_counts_by(&config->rate_limits.rows[i], LIMIT_KEY_API_KEY))
            settings_complain(settings, "rate_limits.*.key", i,
                              "there are no API keys; expected api_keys");
}

static void check(struct settings *settings)
{
    if (settings_mark(settings, "api_keys", 0)->is_open) {
        source_check(settings);
        use_check(settings);
        limits_check(settings);
    } else if (!is_wrong(settings, "api_keys")) {
        absence_check(settings);
    }
}

static void on_wrong(void *cookie, struct api_keys_file_place at, const char *words)
{
    struct settings *settings = cookie;
    const struct place place = {
        .source = settings->config->api_keys.file, .line = at.line, .column = at.column};

    if (at.line == 0)
        settings_complain(settings, "api_keys.file", 0, "\"%.200s\" %s", place.source, words);
    else
        mistakes_add(&settings->config->mistakes, &place, "%s", words);
}

/* The file is read here, and not again. */
static void check_to_serve(struct settings *settings)
{
    struct config *config = settings->config;
    const struct api_keys_file_listener listener = {.wrong = on_wrong, .cookie = settings};

    if (config->api_keys.source == API_KEYS_FILE && !is_wrong(settings, "api_keys.file"))
        config->api_keys_file = api_keys_file_read(&config->api_keys, &listener);
}

const struct section section_api_keys = {
    .rows = rows, .check = check, .check_to_serve = check_to_serve};
