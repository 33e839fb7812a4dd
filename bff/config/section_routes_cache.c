/* See section_routes_cache.h. */
#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section_routes_cache.h"

/* "response" needs no value: without ttl only the response says its lifetime. */
static void from_read(struct settings_input *input)
{
    if (strcmp(input->text, "response") != 0)
        settings_refuse_value(input, 0, "expected response");
}

static const char *vary_words(struct text name)
{
    if (!field_is_token(name))
        return "expected the name of a header, such as Accept-Language";
    if (text_is(name, "*"))
        return "list the names; an answer that depends on everything is not cached";
    if (text_equal_nocase(name, TEXT("cookie")) || text_equal_nocase(name, TEXT("authorization")))
        return "each user has answers of their own; and with shared: true no call sends it";
    return NULL;
}

static void vary_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct pool *pool = input->config->pool;
    struct text *list = pool_zero(pool, (values->count + 1) * sizeof(*list));

    for (size_t i = 0; i < values->count; i++) {
        struct text name = text_of(values->texts[i]);
        const char *words = vary_words(name);
        if (words != NULL)
            settings_refuse_value(input, i, words);
        list[i] = kind_lower(pool, name);
    }
    if (!input->is_wrong)
        *(struct text **)input->member = list;
}

const struct settings_kind section_routes_cache_from = {.read = from_read};
const struct settings_kind section_routes_cache_vary = {.read = vary_read, .is_list = true};

/* Returns the first setting of the cache that the route has; NULL: it has none. */
static const char *first_of(const struct settings *settings, size_t index)
{
    static const char *const paths[] = {"routes.*.cache.ttl",
                                        "routes.*.cache.from",
                                        "routes.*.cache.stale_while_revalidate",
                                        "routes.*.cache.stale_if_error",
                                        "routes.*.cache.vary",
                                        "routes.*.cache.shared",
                                        "routes.*.cache.max_body"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (settings_is_given(settings, paths[i], index))
            return paths[i];
    return NULL;
}

static bool is_listed(const struct text *list, struct text method)
{
    for (; list->at != NULL; list++)
        if (text_equal(*list, method))
            return true;
    return false;
}

static void body_warn(struct settings *settings, size_t index)
{
    const struct config *config = settings->config;

    if (settings_is_given(settings, "routes.*.cache.max_body", index) && config->cache_bytes > 0 &&
        config->routes.rows[index].cache.max_body > config->cache_bytes)
        settings_warn(settings, "routes.*.cache.max_body", index,
                      "cache.memory is less, so no response of this length is stored");
}

static void empty_check(struct settings *settings, size_t index)
{
    const struct settings_mark *mark = settings_mark(settings, "routes.*.cache", index);

    if (mark->is_empty)
        mistakes_add(&settings->config->mistakes, &mark->seen,
                     "routes[%zu].cache: it needs ttl: 300s, or from: response", index);
}

static void methods_check(struct settings *settings, size_t index)
{
    const struct text *methods = settings->config->routes.rows[index].methods;

    if (methods != NULL && !is_listed(methods, TEXT("GET")) && !is_listed(methods, TEXT("HEAD")))
        settings_complain(settings, first_of(settings, index), index,
                          "only answers to GET and HEAD are stored, and methods has neither");
}

static void lifetime_check(struct settings *settings, size_t index)
{
    struct cache_rule *cache = &settings->config->routes.rows[index].cache;
    const char *first = first_of(settings, index);
    bool has_ttl = settings_is_given(settings, "routes.*.cache.ttl", index);
    bool has_from = settings_is_given(settings, "routes.*.cache.from", index);

    if (has_ttl && has_from)
        settings_complain(settings, "routes.*.cache.from", index, "it excludes ttl; leave one out");
    cache->is_on = cache->is_on || has_ttl || has_from;
    if (first != NULL && !cache->is_on)
        settings_complain(settings, first, index, "it needs ttl: 300s or from: response beside it");
}

void section_routes_cache_check(struct settings *settings, size_t index)
{
    struct plain_route *route = &settings->config->routes.rows[index];
    const char *first = first_of(settings, index);

    if (settings_mark(settings, "routes.*.cache.ttl", index)->is_wrong)
        return;
    lifetime_check(settings, index);
    empty_check(settings, index);
    body_warn(settings, index);
    if (route->cache.is_on && first != NULL)
        methods_check(settings, index);
}
