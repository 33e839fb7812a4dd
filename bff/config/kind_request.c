/* Properties of requests: paths, hosts and methods. Also the services that get requests, and the
 * access rules of users. See kind.h. */
#include <stdio.h>

#include "bff/base/suggest.h"
#include "bff/edge/login_roles.h"
#include "bff/http/host.h"
#include "bff/http/method.h"
#include "bff/limit/limit_rule.h"

#include "bff/config/kind.h"

#define SENTENCE_SIZE 256

/* Checks the bytes of a path. Returns NULL, or words that say what is wrong. */
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

/*
 * Checks that ${path} is normalized. The paths of requests are normalized before they are compared,
 * so another spelling would never match. Returns NULL, or words that say what is wrong; the words
 * may be in ${sentence}.
 */
static const char *spelling_check(struct pool *pool, struct text path, char sentence[SENTENCE_SIZE])
{
    struct text normal;
    int failed = plain_path(pool, path, &normal);

    if (failed == -2)
        return "some services read dots in it that lead to another path, so no request has it";
    if (failed != 0)
        return "it leads above the root, or has a % without two hexadecimal digits";
    if (text_equal(normal, path))
        return NULL;
    snprintf(sentence, SENTENCE_SIZE, "paths are compared in one spelling; write it as %.*s",
             TEXT_SHOWN(normal));
    return sentence;
}

static const char *path_words(struct pool *pool, struct text path, char sentence[SENTENCE_SIZE])
{
    const char *words = bytes_check(path);

    return words != NULL ? words : spelling_check(pool, path, sentence);
}

static void path_read(struct settings_input *input)
{
    struct pool *pool = input->config->pool;
    struct text path = text_of(input->text);
    char sentence[SENTENCE_SIZE];
    const char *words = path_words(pool, path, sentence);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = pool_text(pool, path);
}

struct kind_texts kind_paths(struct settings_input *input)
{
    struct pool *pool = input->config->pool;
    struct kind_texts list = {.count = 0};
    char sentence[SENTENCE_SIZE];

    list.at = pool_zero(pool, input->values->count * sizeof(*list.at));
    for (size_t i = 0; i < input->values->count; i++) {
        struct text path = text_of(input->values->texts[i]);
        const char *words = path_words(pool, path, sentence);
        path = limit_rule_path(pool, path);
        for (size_t j = 0; j < list.count && words == NULL; j++)
            words = text_equal_nocase(list.at[j], path) ? "it is listed twice" : NULL;
        if (words != NULL)
            settings_refuse_value(input, i, words);
        list.at[list.count++] = path;
    }
    return list;
}

static void service_refuse(struct settings_input *input)
{
    const struct config *config = input->config;
    const char *names[SETTINGS_LIST_MAX];
    char words[SENTENCE_SIZE] = "unknown service; this build has ";
    size_t count = 0, len = strlen(words);

    for (; count < config->service_count && count < SETTINGS_LIST_MAX; count++) {
        names[count] = config->services[count].service->name;
        if (len < sizeof(words))
            len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s",
                                    count == 0 ? "" : ", ", names[count]);
    }
    const char *near = suggest_name(text_of(input->text), names, count);
    if (near != NULL)
        snprintf(words, sizeof(words), "unknown service; did you mean \"%s\"?", near);
    else if (len < sizeof(words))
        snprintf(words + len, sizeof(words) - len,
                 "; one of your own needs endpoints below services");
    settings_refuse_value(input, 0, words);
}

static void service_read(struct settings_input *input)
{
    struct config *config = input->config;
    size_t i = 0;

    while (i < config->service_count && strcmp(config->services[i].service->name, input->text) != 0)
        i++;
    if (i == config->service_count)
        service_refuse(input);
    else {
        config->services[i].is_named = true;
        *(const struct bff_service **)input->member = config->services[i].service;
    }
}

/* Returns NULL, or words that say what is wrong. */
static const char *access_words(struct text text, struct pool *pool, struct access_rule *rule)
{
    struct text rest = text, word = text_cut(&rest, ':');

    if (text_is(word, "scope") && rest.at != NULL)
        return access_scopes_read(rest, pool, rule);
    if (text_is(text, "public"))
        *rule = (struct access_rule){.kind = ACCESS_PUBLIC};
    else if (text_is(text, "signed-in"))
        *rule = (struct access_rule){.kind = ACCESS_SIGNED_IN};
    else if (text_is(text, "key"))
        *rule = (struct access_rule){.kind = ACCESS_KEY};
    else if (text_is(word, "role") && rest.at != NULL && login_roles_is_one(rest))
        *rule = (struct access_rule){.kind = ACCESS_ROLE, .whom = pool_text(pool, rest)};
    else
        return "expected public, signed-in, role:NAME, scope:NAME or key";
    return NULL;
}

static void access_read(struct settings_input *input)
{
    struct access_rule rule = {0};
    const char *words = access_words(text_of(input->text), input->config->pool, &rule);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct access_rule *)input->member = rule;
}

static void methods_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct pool *pool = input->config->pool;
    struct text *list = pool_zero(pool, (values->count + 1) * sizeof(*list));

    for (size_t i = 0; i < values->count; i++)
        if (method_is_known(text_of(values->texts[i])))
            list[i] = pool_text(pool, text_of(values->texts[i]));
        else
            settings_refuse_value(input, i, "expected one of " METHOD_ALL);
    if (!input->is_wrong)
        *(struct text **)input->member = list;
}

/* True when ${text} can be the host of a URL, without a port. */
bool kind_host_is(const char *text)
{
    char url[512];
    struct service_endpoint endpoint = {0};
    int len = snprintf(url, sizeof(url), "http://%s", text);
    bool is_good = (size_t)len < sizeof(url) && service_endpoint_read(url, &endpoint) == NULL &&
                   text_equal_nocase(text_of(endpoint.authority), text_of(text)) &&
                   endpoint.port == 80;

    service_endpoint_free(&endpoint);
    return is_good;
}

static void host_read(struct settings_input *input)
{
    struct pool *pool = input->config->pool;

    if (kind_host_is(input->text))
        *(struct text *)input->member = kind_lower(pool, host_name(pool, text_of(input->text)));
    else
        settings_refuse_value(input, 0, "expected a host without port, such as shop.example");
}

const struct settings_kind kind_path = {.read = path_read};
const struct settings_kind kind_host = {.read = host_read};
const struct settings_kind kind_methods = {.read = methods_read, .is_list = true};
const struct settings_kind kind_service = {.read = service_read};
const struct settings_kind kind_access = {.read = access_read};
