/* cors: which pages of other origins may read answers. */
#include <stdio.h>

#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)
#define SENTENCE_SIZE 256

/*
 * Checks that ${text} is an origin as browsers send it: the scheme, the host, and the port if it is
 * not the default port of the scheme. Origins are compared as text, so another spelling would never
 * match. Returns NULL, or words that say what is wrong; the words may be in ${sentence}.
 */
static const char *origin_words(const char *text, char sentence[SENTENCE_SIZE])
{
    struct service_endpoint endpoint = {0};

    if (service_endpoint_read(text, &endpoint) != NULL)
        return "expected an origin such as https://shop.example or http://localhost:3000";
    int begin = snprintf(sentence, SENTENCE_SIZE, "browsers write it as ");
    snprintf(sentence + begin, SENTENCE_SIZE - (size_t)begin, "%s://%.200s",
             endpoint.is_tls ? "https" : "http", endpoint.authority);
    service_endpoint_free(&endpoint);
    return text_equal_nocase(text_of(text), text_of(sentence + begin)) ? NULL : sentence;
}

static void origins_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct cors_settings *cors = &input->config->cors;
    struct text *origins = pool_zero(input->config->pool, values->count * sizeof(*origins));
    char sentence[SENTENCE_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < values->count; i++) {
        bool is_any = strcmp(values->texts[i], "*") == 0;
        const char *words = is_any ? NULL : origin_words(values->texts[i], sentence);
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

static const struct settings_kind origins_kind = {.read = origins_read, .is_list = true};

static const struct setting rows[] = {
    {"cors.origins", &origins_kind,
     .about = "pages of these origins may read answers: https://shop.example"},
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
