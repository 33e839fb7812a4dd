/* rate_limits: how many requests a client, a user or anybody else may send. */
#include <stdio.h>

#include "bff/compose/build.h"
#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section.h"
#include "bff/config/section_rate_limits_check.h"

#define OF(member) offsetof(struct limit_rule, member)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define RULES_MAX 64
#define KEYS "ip, user, api_key, route or header:NAME"

static void path_read(struct settings_input *input)
{
    struct text *path = input->member;

    kind_path.read(input);
    if (!input->is_wrong)
        *path = limit_rule_path(input->config->pool, *path);
}

/* Returns words that say what is wrong, or NULL. */
static const char *key_part_read(struct pool *pool, const char *text, struct limit_key_part *out)
{
    static const struct {
        const char *word;
        enum limit_key_kind kind;
    } words[] = {{"ip", LIMIT_KEY_IP},
                 {"user", LIMIT_KEY_USER},
                 {"api_key", LIMIT_KEY_API_KEY},
                 {"route", LIMIT_KEY_ROUTE}};
    struct text name = text_of(text), word = text_cut(&name, ':');

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(text, words[i].word) == 0) {
            *out = (struct limit_key_part){.kind = words[i].kind};
            return NULL;
        }
    if (!text_is(word, "header") || name.at == NULL)
        return "expected " KEYS;
    if (!field_is_token(name))
        return "expected the name of a header, as in header:X-Shop";
    *out = (struct limit_key_part){LIMIT_KEY_HEADER, kind_lower(pool, name)};
    return NULL;
}

static bool is_listed(const struct limit_rule *rule, const struct limit_key_part *part)
{
    for (size_t i = 0; i < rule->key_count; i++)
        if (rule->key[i].kind == part->kind && text_equal(rule->key[i].header, part->header))
            return true;
    return false;
}

static void key_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct limit_rule read = {0}, *rule = input->member; /* the row's offset is 0 */

    for (size_t i = 0; i < values->count; i++) {
        struct limit_key_part part = {0};
        const char *words = key_part_read(input->config->pool, values->texts[i], &part);
        if (words == NULL && is_listed(&read, &part))
            words = "it is listed twice";
        if (words == NULL && read.key_count == LIMIT_KEY_PARTS_MAX)
            words = "a key has at most 4 parts";
        if (words != NULL)
            settings_refuse_value(input, i, words);
        else
            read.key[read.key_count++] = part;
    }
    if (input->is_wrong)
        return;
    memcpy(rule->key, read.key, sizeof(read.key));
    rule->key_count = read.key_count;
}

/* The other algorithms are chosen by the settings that the rule has. */
static void sliding_read(struct settings_input *input)
{
    bool is_sliding = false;
    struct settings_input inner = *input;

    inner.member = &is_sliding;
    kind_bool.read(&inner);
    input->is_wrong = inner.is_wrong;
    *(enum limit_algorithm *)input->member = is_sliding ? LIMIT_SLIDING : LIMIT_FIXED;
}

static void delay_read(struct settings_input *input)
{
    uint64_t number = LIMIT_NO_DELAY;

    if (strcmp(input->text, "off") != 0 &&
        text_number(text_of(input->text), LIMIT_BURST_MOST, &number) != 0)
        settings_refuse_value(input, 0, "expected off, or a number of requests");
    else
        *(uint64_t *)input->member = number;
}

static void cost_read(struct settings_input *input)
{
    bool is_parts = strcmp(input->text, "parts") == 0;

    if (is_parts || strcmp(input->text, "1") == 0)
        *(bool *)input->member = is_parts;
    else
        settings_refuse_value(input, 0, "expected 1 or parts");
}

static void exempt_read(struct settings_input *input)
{
    struct limit_rule *rule = input->member; /* the row's offset is 0 */

    rule->exempt = kind_networks(input);
    rule->exempt_count = rule->exempt == NULL ? 0 : input->values->count;
}

static void headers_read(struct settings_input *input)
{
    static const char *const words[] = {
        [LIMIT_HEADERS_DRAFT_6] = "draft-6",
        [LIMIT_HEADERS_STRUCTURED] = "structured",
        [LIMIT_HEADERS_LEGACY] = "legacy",
        [LIMIT_HEADERS_OFF] = "off",
    };

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(input->text, words[i]) == 0) {
            *(enum limit_headers *)input->member = (enum limit_headers)i;
            return;
        }
    settings_refuse_value(input, 0, "expected draft-6, structured, legacy or off");
}

static const struct settings_kind path_kind = {.read = path_read};
static const struct settings_kind key_kind = {.read = key_read, .is_list = true};
static const struct settings_kind sliding_kind = {.read = sliding_read};
static const struct settings_kind delay_kind = {.read = delay_read};
static const struct settings_kind cost_kind = {.read = cost_read};
static const struct settings_kind exempt_kind = {.read = exempt_read, .is_list = true};
static const struct settings_kind headers_kind = {.read = headers_read};

static const struct setting rows[] = {
    {"rate_limits.*.name", &kind_name, OF(name),
     .about = "its name in the log, in headers and in Redis: letters, digits, - and _"},
    {"rate_limits.*.path", &path_kind, OF(path),
     .about =
         "what the paths of its requests begin with, when it ends with /; else the whole path"},
    {"rate_limits.*.methods", &kind_methods, OF(methods), .shown = "all",
     .about = "methods of its requests"},
    {"rate_limits.*.key", &key_kind, 0, .normal = "ip",
     .about = "what has its own count: " KEYS ", or a list of several"},
    {"rate_limits.*.window", &kind_duration, OF(window_ms), 100, 744 * UNITS_HOUR,
     .about = "the time in which max requests are allowed; it begins with the first of them"},
    {"rate_limits.*.max", &kind_number, OF(max), 1, LIMIT_MAX_MOST,
     .about = "requests in a window"},
    {"rate_limits.*.sliding", &sliding_kind, OF(algorithm), .normal = "false",
     .about = "true: max in any window, and a refused request does not count"},
    {"rate_limits.*.rate", &kind_rate, OF(rate),
     .about = "requests that are allowed for ever: 10/s, 30/m or 100/h"},
    {"rate_limits.*.burst", &kind_number, OF(burst), 0, LIMIT_BURST_MOST,
     .about = "requests over the rate that are allowed at once"},
    {"rate_limits.*.delay", &delay_kind, OF(delay), .shown = "a token bucket",
     .about = "the leaky bucket of nginx: off, or so many requests of the burst do not wait"},
    {"rate_limits.*.minute", &kind_number, OF(periods[0]), 1, LIMIT_MAX_MOST, .shown = "no limit",
     .about = "requests in each minute of the clock"},
    {"rate_limits.*.hour", &kind_number, OF(periods[1]), 1, LIMIT_MAX_MOST, .shown = "no limit",
     .about = "requests in each hour of the clock"},
    {"rate_limits.*.day", &kind_number, OF(periods[2]), 1, LIMIT_MAX_MOST, .shown = "no limit",
     .about = "requests in each day of the clock (UTC)"},
    {"rate_limits.*.cost", &cost_kind, OF(costs_parts), .normal = "1",
     .about = "parts: a composite counts as many requests as it has parts"},
    {"rate_limits.*.dry_run", &kind_bool, OF(is_dry_run), .normal = "false",
     .about = "true: it counts and tells, and refuses nothing"},
    {"rate_limits.*.exempt", &exempt_kind, 0, .shown = "none",
     .about = "clients that are not counted: 10.0.0.0/8 or an address"},
    {"rate_limits.*.headers", &headers_kind, OF(headers), .normal = "draft-6",
     .about = "how answers tell the limit: draft-6, structured, legacy or off"},
    {0},
};

static size_t count(const struct config *config) { return config->rate_limits.count; }

static void *at(struct config *config, size_t index) { return &config->rate_limits.rows[index]; }

/* Room for the build's own rules. */
static size_t spare(const struct config *config) { return build_rate_limit_count(config->build); }

static void make(struct config *config, size_t count)
{
    struct limit_rules *rules = &config->rate_limits;

    rules->rows = pool_zero(config->pool, (count + spare(config) + 1) * sizeof(*rules->rows));
    rules->count = count;
}

static const struct settings_items items = {.path = "rate_limits",
                                            .noun = "rule",
                                            .count = count,
                                            .at = at,
                                            .make = make,
                                            .spare = spare,
                                            .most = RULES_MAX};

static void default_set(struct settings *settings, const char *path, size_t index, const char *text)
{
    if (text != NULL)
        settings_set_one(settings, path, index, text, (struct place){0});
}

/* Adds the build's rules. On mock services they refuse nothing, so that nobody who tries things out
 * is locked out. */
static void defaults_add(struct settings *settings, struct settings_group *group)
{
    struct config *config = settings->config;
    const struct bff_rate_limits *own = config->build->rate_limits;

    settings_make(settings, group->section->items, 0, false);
    for (size_t i = 0; i < build_rate_limit_count(config->build); i++) {
        char max[TEXT_DIGITS + 1];
        snprintf(max, sizeof(max), "%u", own->rows[i].max);
        default_set(settings, "rate_limits.*.name", i, own->rows[i].name);
        default_set(settings, "rate_limits.*.path", i, own->rows[i].path);
        default_set(settings, "rate_limits.*.key", i, own->rows[i].key);
        default_set(settings, "rate_limits.*.window", i, own->rows[i].window);
        default_set(settings, "rate_limits.*.max", i, max);
        config->rate_limits.rows[i].is_dry_run = config->mock_dir != NULL;
        config->rate_limits.count++;
    }
}

static void check(struct settings *settings)
{
    struct settings_group *group = settings_group_of(settings, &section_rate_limits);

    if (!group->is_given)
        defaults_add(settings, group);
    for (size_t i = 0; i < settings->config->rate_limits.count && group->is_given; i++)
        section_rate_limits_check_rule(settings, group, i);
}

const struct section section_rate_limits = {.rows = rows, .items = &items, .check = check};
