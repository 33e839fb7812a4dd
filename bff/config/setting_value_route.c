/* Paths, services, access rules, methods and hosts of routes. */
#include <stdio.h>

#include "bff/config/suggest.h"
#include "bff/base/check.h"
#include "bff/http/method.h"

#include "bff/config/setting_value_kinds.h"

struct text setting_lower(struct pool *pool, struct text text)
{
    char *bytes = pool_take(pool, text.len + 1);

    text_lower(bytes, text);
    bytes[text.len] = '\0';
    return (struct text){bytes, text.len};
}

/* What no path holds, whatever it means. */
static const char *bytes_check(struct text path)
{
    if (!text_starts(path, TEXT("/")))
        return "it must begin with /";
    for (size_t i = 0; i < path.len; i++) {
        if (path.at[i] == '?' || path.at[i] == '#')
            return "a path ends before ? and #";
        if (path.at[i] <= ' ' || path.at[i] >= 0x7f)
            return "it holds a byte that must be written as % and two hexadecimal digits";
    }
    return NULL;
}

/* Requests are brought into one spelling before they are compared; another would never be found. */
static int path_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    const char *words = bytes_check(text_of(text));
    char sentence[256];
    struct text normal;

    if (words != NULL)
        return setting_judge(wrong, text, words);
    struct pool *pool = pool_new();
    if (plain_path(pool, text_of(text), &normal) != 0) {
        words = "it leads above the root, or has a % without two hexadecimal digits";
    } else if (!text_is(normal, text)) {
        snprintf(sentence, sizeof(sentence), "paths are compared in one spelling; write it as %.*s",
                 normal.len > 100 ? 100 : (int)normal.len, normal.at);
        words = sentence;
    }
    pool_free(pool);
    return setting_judge(wrong, text, words);
}

static void text_set(const struct setting *row, struct config *config, void *member,
                     const struct settings_values *values)
{
    *(struct text *)member = pool_text(config->pool, text_of(values->texts[0]));
}

static void lower_set(const struct setting *row, struct config *config, void *member,
                      const struct settings_values *values)
{
    *(struct text *)member = setting_lower(config->pool, text_of(values->texts[0]));
}

static const struct bff_service *service_find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->service_count; i++)
        if (strcmp(config->services[i].service->name, name) == 0)
            return config->services[i].service;
    return NULL;
}

static int service_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    const struct config *config = wrong->config;
    const char *names[SETTINGS_LIST_MAX];
    char words[256] = "unknown service; this build has ";
    size_t count = 0, len = strlen(words);

    if (service_find(config, text) != NULL)
        return 0;
    for (; count < config->service_count && count < SETTINGS_LIST_MAX; count++) {
        names[count] = config->services[count].service->name;
        if (len < sizeof(words))
            len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s",
                                    count == 0 ? "" : ", ", names[count]);
    }
    const char *near = suggest_name(text_of(text), names, count);
    if (near != NULL)
        snprintf(words, sizeof(words), "unknown service; did you mean \"%s\"?", near);
    return setting_judge(wrong, text, words);
}

static void service_set(const struct setting *row, struct config *config, void *member,
                        const struct settings_values *values)
{
    *(const struct bff_service **)member = service_find(config, values->texts[0]);
}

/* Returns -1 for what is none. ${out}'s text is ${text}'s. */
static int access_read(struct text text, struct access_rule *out)
{
    static const struct text role = {"role:", sizeof("role:") - 1};

    *out = (struct access_rule){.kind = ACCESS_SIGNED_IN};
    if (text_is(text, "signed-in"))
        return 0;
    out->kind = ACCESS_PUBLIC;
    if (text_is(text, "public"))
        return 0;
    out->kind = ACCESS_ROLE;
    if (!text_starts(text, role))
        return -1;
    out->whom = (struct text){text.at + role.len, text.len - role.len};
    for (size_t i = 0; i < out->whom.len; i++)
        if (out->whom.at[i] < ' ' || out->whom.at[i] == 0x7f)
            return -1;
    return out->whom.len > 0 && out->whom.len <= LOGIN_CLAIM_MAX &&
                   text_equal(out->whom, text_trim(out->whom))
               ? 0
               : -1;
}

static int access_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    struct access_rule rule;
    int status = access_read(text_of(text), &rule);

    return setting_judge(wrong, text,
                         status == 0 ? NULL : "expected public, signed-in or role:NAME");
}

static void access_set(const struct setting *row, struct config *config, void *member,
                       const struct settings_values *values)
{
    struct access_rule rule;

    must(access_read(text_of(values->texts[0]), &rule) == 0);
    if (rule.kind == ACCESS_ROLE)
        rule.whom = pool_text(config->pool, rule.whom);
    *(struct access_rule *)member = rule;
}

static int method_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_judge(wrong, text,
                         method_is_known(text_of(text)) ? NULL : "expected one of " METHOD_ALL);
}

static void methods_set(const struct setting *row, struct config *config, void *member,
                        const struct settings_values *values)
{
    struct text *list = pool_zero(config->pool, (values->count + 1) * sizeof(*list));

    for (size_t i = 0; i < values->count; i++)
        list[i] = pool_text(config->pool, text_of(values->texts[i]));
    *(struct text **)member = list;
}

/* The host of a URL, and no port beside it. */
static int host_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    char url[512];
    struct service_endpoint endpoint = {0};
    int len = snprintf(url, sizeof(url), "http://%s", text);
    bool is_good = (size_t)len < sizeof(url) && service_endpoint_read(url, &endpoint) == NULL &&
                   text_equal_nocase(text_of(endpoint.authority), text_of(text)) &&
                   endpoint.port == 80;

    service_endpoint_free(&endpoint);
    return setting_judge(wrong, text,
                         is_good ? NULL : "expected a host without port, such as shop.example");
}

const struct setting_kind setting_path = {path_check, text_set, false, false};
const struct setting_kind setting_service = {service_check, service_set, false, false};
const struct setting_kind setting_access = {access_check, access_set, false, false};
const struct setting_kind setting_methods = {method_check, methods_set, true, false};
const struct setting_kind setting_host = {host_check, lower_set, false, false};
