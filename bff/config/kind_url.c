/* URLs that this server itself asks, and origins of pages. See kind.h. */
#include <stdio.h>
#include <string.h>

#include "bff/base/localhost.h"
#include "bff/upstream/outside.h"
#include "bff/upstream/service.h"

#include "bff/config/kind.h"

#define ORIGIN_SIZE 512

const char *kind_origin_words(const char *text, char sentence[KIND_SENTENCE_SIZE])
{
    struct service_endpoint endpoint = {0};

    if (service_endpoint_read(text, &endpoint) != NULL)
        return "expected an origin such as https://shop.example or http://localhost:3000";
    int begin = snprintf(sentence, KIND_SENTENCE_SIZE, "browsers write it as ");
    snprintf(sentence + begin, KIND_SENTENCE_SIZE - (size_t)begin, "%s://%.200s",
             endpoint.is_tls ? "https" : "http", endpoint.authority);
    service_endpoint_free(&endpoint);
    return text_equal_nocase(text_of(text), text_of(sentence + begin)) ? NULL : sentence;
}

/* Returns the part of ${url} before its path and query. */
static struct text origin_of(struct text url)
{
    const char *begin = memmem(url.at, url.len, "://", 3);
    size_t len = begin == NULL ? 0 : (size_t)(begin - url.at) + 3;

    while (len < url.len && url.at[len] != '/' && url.at[len] != '?')
        len++;
    return (struct text){url.at, len};
}

/* Keys and secrets that come over a network without TLS could be anybody's. */
const char *kind_url_words(struct text url)
{
    struct text origin = origin_of(url);
    struct service_endpoint endpoint = {0};
    char string[ORIGIN_SIZE];
    const char *words = outside_check_url(url);

    if (words != NULL)
        return words;
    if (snprintf(string, sizeof(string), "%.*s", TEXT_ARGS(origin)) >= (int)sizeof(string))
        return "its host is too long";
    words = service_endpoint_read(string, &endpoint);
    if (words == NULL && !endpoint.is_tls && !localhost_is(text_of(endpoint.host)))
        words = "its scheme must be https; http is for this machine only, such as localhost";
    service_endpoint_free(&endpoint);
    return words;
}

const char *kind_issuer_words(struct text url)
{
    const char *words = kind_url_words(url);

    if (words == NULL && memchr(url.at, '?', url.len) != NULL)
        words = "the URL of an issuer has no query";
    if (words == NULL && memmem(url.at, url.len, "/.well-known/", 13) != NULL)
        words = "the URL of an issuer ends before /.well-known/openid-configuration";
    return words;
}

static void url_read(struct settings_input *input)
{
    struct text url = text_of(input->text);
    const char *words = kind_url_words(url);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = pool_text(input->config->pool, url);
}

const struct settings_kind kind_url = {.read = url_read};
