/* cors: which pages of other origins may read answers. */
#include <stdio.h>

#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

/* Why ${host}, which comes after "*.", cannot be meant; NULL: it can. Without a dot in it, the
 * pattern would be every host of a top-level domain. */
static const char *parent_words(struct text host)
{
    struct text rest = host, name = text_cut(&rest, ':');
    const char *dot = memrchr(name.at, '.', name.len);

    if (dot == NULL && !text_equal_nocase(name, TEXT("localhost")))
        return "expected two names at least after *, as in https://*.shop.example";
    if (dot != NULL && dot[1] >= '0' && dot[1] <= '9')
        return "an address has no names that * could be";
    return NULL;
}

/* A pattern is right when it is an origin without its "*.". */
static const char *pattern_words(const char *text, char sentence[KIND_SENTENCE_SIZE])
{
    const char *star = strstr(text, "://*.");
    char parent[KIND_SENTENCE_SIZE];

    if (star == NULL || strchr(star + sizeof("://*") - 1, '*') != NULL)
        return "expected * only as the whole first name of a host, as in https://*.shop.example";
    int len = snprintf(parent, sizeof(parent), "%.*s://%s", (int)(star - text), text,
                       star + sizeof("://*.") - 1);
    if ((size_t)len >= sizeof(parent))
        return "it is too long";
    const char *words = kind_origin_words(parent, sentence);
    if (words != sentence)
        return words != NULL ? words : parent_words(text_of(star + sizeof("://*.") - 1));
    snprintf(parent, sizeof(parent), "%s", sentence);
    char *host = strstr(parent, "://") + sizeof("://") - 1;
    snprintf(sentence, KIND_SENTENCE_SIZE, "%.*s*.%.200s", (int)(host - parent), parent, host);
    return sentence;
}

static const char *any_words(const char *text, char sentence[KIND_SENTENCE_SIZE])
{
    if (strchr(text, '*') != NULL)
        return pattern_words(text, sentence);
    return kind_origin_words(text, sentence);
}

static void origins_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct cors_settings *cors = &input->config->cors;
    struct text *origins = pool_zero(input->config->pool, values->count * sizeof(*origins));
    char sentence[KIND_SENTENCE_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < values->count; i++) {
        bool is_any = strcmp(values->texts[i], "*") == 0;
        const char *words = is_any ? NULL : any_words(values->texts[i], sentence);
        if (words != NULL)
            settings_refuse_value(input, i, words);
        if (!is_any)
            origins[count++] = kind_lower(input->config->pool, text_of(values->texts[i]));
    }
    if (input->is_wrong)
        return;
    cors->origins = origins;
    cors->origin_count = count;
    cors->allows_any = count < values->count;
}

/* Why a browser would not show the field ${name} to a script; NULL: it would. */
static const char *expose_words(struct text name)
{
    if (text_is(name, "*"))
        return "list the names: with credentials a browser takes * as a name";
    if (!field_is_token(name))
        return "expected the name of a header, such as X-Total-Count";
    if (text_equal_nocase(name, TEXT("set-cookie")) || text_equal_nocase(name, TEXT("set-cookie2")))
        return "no browser shows it to a script";
    return NULL;
}

static void expose_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct pool *pool = input->config->pool;
    struct text *list = pool_zero(pool, values->count * sizeof(*list));

    for (size_t i = 0; i < values->count; i++) {
        const char *words = expose_words(text_of(values->texts[i]));
        if (words != NULL)
            settings_refuse_value(input, i, words);
        list[i] = pool_text(pool, text_of(values->texts[i]));
    }
    if (!input->is_wrong)
        *(struct text *)input->member = cors_exposed(pool, list, values->count);
}

static const struct settings_kind expose_kind = {.read = expose_read, .is_list = true};
static const struct settings_kind origins_kind = {.read = origins_read, .is_list = true};

static const struct setting rows[] = {
    {"cors.origins", &origins_kind,
     .about =
         "pages of these origins may read answers: https://shop.example, https://*.shop.example"},
    {"cors.expose", &expose_kind, OF(cors.exposed), .shown = "those that the server adds",
     .about = "more headers of answers that these pages may read: X-Total-Count"},
    {"cors.credentials", &kind_bool, OF(cors.credentials), .normal = "true",
     .about = "and may send cookies and Authorization"},
    {"cors.max_age", &kind_seconds, OF(cors.max_age_seconds), 0, 86400, .normal = "600s",
     .about = "how long a browser keeps a preflight's answer"},
    {0},
};

static void check(struct settings *settings)
{
    const struct cors_settings *cors = &settings->config->cors;

    if (cors->allows_any && cors->credentials)
        settings_complain(settings, "cors.origins", 0,
                          "\"*\" lets every page act as the user; list the origins, or set "
                          "cors.credentials to false");
}

const struct section section_cors = {.rows = rows, .check = check};
