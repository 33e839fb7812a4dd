/* routes.*.redirect and routes.*.answer: routes that ask no service. */
#include <errno.h>
#include <stdlib.h>

#include "bff/base/digest.h"
#include "bff/base/file.h"
#include "bff/config/kind.h"

#include "bff/config/section.h"
#include "bff/config/section_routes_direct.h"

#define OF(member) offsetof(struct plain_route, direct.member)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FILE_MAX ((size_t)1024 * 1024) /* bytes of the file of an answer */
#define TARGET "expected a path such as /new/, or a URL such as https://new.example/"

static bool is_in_url(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!plain_direct_may_be_in_url(text.at[i]))
            return false;
    return text.len > 0;
}

/* Returns the text after the authority of the URL ${text}; absent if it is no URL of the web. */
static struct text after_authority(struct text text)
{
    struct text rest = text;
    size_t len = 0;

    if (text_starts(text, TEXT("https://")))
        rest = text_after(text, sizeof("https://") - 1);
    else if (text_starts(text, TEXT("http://")))
        rest = text_after(text, sizeof("http://") - 1);
    else
        return (struct text){0};
    while (len < rest.len && memchr("/?@", rest.at[len], 3) == NULL)
        len++;
    return len == 0 ? (struct text){0} : text_after(rest, len);
}

static const char *target_words(struct text text)
{
    struct text path = text_starts(text, TEXT("/")) ? text : after_authority(text);

    if (!is_in_url(text) || path.at == NULL)
        return TARGET;
    if (text_starts(text, TEXT("//")))
        return "browsers read // as the beginning of a host; write https:// before it";
    if (!text_starts(path, TEXT("/")))
        return "it needs a path after the host, such as https://new.example/";
    return NULL;
}

static void target_read(struct settings_input *input)
{
    struct text text = text_of(input->text);
    const char *words = target_words(text);

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = pool_text(input->config->pool, text);
}

static void redirect_status_read(struct settings_input *input)
{
    static const char *const words[] = {"301", "302", "303", "307", "308"};

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(input->text, words[i]) == 0) {
            *(unsigned *)input->member = (unsigned)strtoul(words[i], NULL, 10);
            return;
        }
    settings_refuse_value(input, 0, "expected 301, 302, 303, 307 or 308");
}

static void query_read(struct settings_input *input)
{
    bool is_dropped = strcmp(input->text, "drop") == 0;

    if (is_dropped || strcmp(input->text, "keep") == 0)
        *(bool *)input->member = is_dropped;
    else
        settings_refuse_value(input, 0, "expected keep or drop");
}

/* The bytes of a body may be anything. */
static void body_read(struct settings_input *input)
{
    *(struct text *)input->member = pool_text(input->config->pool, text_of(input->text));
}

static const struct settings_kind body_kind = {.read = body_read};
static const struct settings_kind target_kind = {.read = target_read};
static const struct settings_kind redirect_status_kind = {.read = redirect_status_read};
static const struct settings_kind query_kind = {.read = query_read};

static const struct setting rows[] = {
    {"routes.*.redirect.to", &target_kind, OF(to), .shown = "none",
     .about = "in place of service: clients are sent to this path or URL"},
    {"routes.*.redirect.status", &redirect_status_kind, OF(redirect_status), .normal = "308",
     .about = "of the redirect: 301, 302, 303, 307 or 308"},
    {"routes.*.redirect.query", &query_kind, OF(drops_query), .normal = "keep",
     .about = "keep: the query of the request follows; or drop"},
    {"routes.*.answer.status", &kind_number, OF(status), 200, 599, .normal = "200",
     .about = "in place of service: the status of a fixed answer"},
    {"routes.*.answer.type", &kind_field_value, OF(type),
     .shown = "by the name of file; or text/plain", .about = "its Content-Type"},
    {"routes.*.answer.body", &body_kind, OF(body), .shown = "none", .about = "its body"},
    {"routes.*.answer.file", &kind_file, OF(file), .shown = "none",
     .about = "or a file with its body, which is read at the start"},
    {0},
};

/* What a route does. A route has exactly one of these. */
static const char *const doings[][4] = {
    {"routes.*.service"},
    {"routes.*.split"},
    {"routes.*.redirect.to", "routes.*.redirect.status", "routes.*.redirect.query"},
    {"routes.*.answer.status", "routes.*.answer.type", "routes.*.answer.body",
     "routes.*.answer.file"},
};

enum doing { SERVICE, SPLIT, REDIRECT, ANSWER };

/* Returns the first setting of ${doing} that the route has; NULL: it has none. */
static const char *first_given(const struct settings *settings, enum doing doing, size_t index)
{
    for (size_t i = 0; i < COUNT(doings[doing]) && doings[doing][i] != NULL; i++)
        if (settings_is_given(settings, doings[doing][i], index))
            return doings[doing][i];
    return NULL;
}

/* Returns the first setting of ${doing} that the route has, or has with a wrong value; NULL: it has
 * none. */
static const char *first_of(const struct settings *settings, enum doing doing, size_t index)
{
    for (size_t i = 0; i < COUNT(doings[doing]) && doings[doing][i] != NULL; i++)
        if (settings_is_given(settings, doings[doing][i], index) ||
            settings_mark(settings, doings[doing][i], index)->is_wrong)
            return doings[doing][i];
    return NULL;
}

bool section_routes_direct_is_meant(const struct settings *settings, size_t index)
{
    return first_of(settings, REDIRECT, index) != NULL || first_of(settings, ANSWER, index) != NULL;
}

static void doings_check(struct settings *settings, size_t index)
{
    static const char *const names[] = {"service", "split", "redirect", "answer"};
    const char *other = NULL;

    for (size_t i = 0; i < COUNT(doings); i++) {
        const char *path = first_given(settings, (enum doing)i, index);
        if (path != NULL && other != NULL)
            settings_complain(settings, path, index,
                              "the route has %s already; a route has one of service, split, "
                              "redirect and answer",
                              other);
        if (path != NULL && other == NULL)
            other = names[i];
    }
}

static void refuse_given(struct settings *settings, const char *path, size_t index)
{
    if (settings_is_given(settings, path, index))
        settings_complain(settings, path, index,
                          "it has no meaning here: this route asks no service");
}

/* Settings of the call to a service, and of its answer, have no meaning here. */
static void idle_check(struct settings *settings, size_t index)
{
    static const struct section *const sections[] = {
        &section_routes_transform, &section_routes_mirror, &section_routes_rewrite,
        &section_routes_upload};
    static const char *const paths[] = {"routes.*.to",
                                        "routes.*.timeout.first_byte",
                                        "routes.*.timeout.idle",
                                        "routes.*.hedge",
                                        "routes.*.breaker",
                                        "routes.*.cache.ttl",
                                        "routes.*.cache.from",
                                        "routes.*.preserve_host",
                                        "routes.*.upgrade",
                                        "routes.*.request_headers.set",
                                        "routes.*.request_headers.remove"};

    for (size_t i = 0; i < COUNT(paths); i++)
        refuse_given(settings, paths[i], index);
    for (size_t i = 0; i < COUNT(sections); i++)
        for (const struct setting *row = sections[i]->rows; row->path != NULL; row++)
            refuse_given(settings, row->path, index);
}

/* Redirects. */

static void loop_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];
    struct text to = route->direct.to, path = text_cut(&to, '?');

    if (plain_route_is_for_all(route) && route->methods == NULL && text_equal(path, route->path))
        settings_complain(settings, "routes.*.redirect.to", index,
                          "it is the path of this route, so browsers would never arrive");
}

static void redirect_check(struct settings *settings, size_t index)
{
    struct plain_route *route = &settings->config->routes.rows[index];
    const char *first = first_of(settings, REDIRECT, index);

    if (route->direct.to.at == NULL &&
        !settings_mark(settings, "routes.*.redirect.to", index)->is_wrong) {
        settings_complain(settings, first, index, "it needs redirect.to beside it");
        return;
    }
    route->direct.kind = PLAIN_DIRECT_REDIRECT;
    route->direct.status = route->direct.redirect_status;
    if (route->direct.to.at != NULL)
        loop_check(settings, index);
}

/* Answers. */

static struct text type_of(const char *file)
{
    static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
                                           {".txt", "text/plain; charset=utf-8"},
                                           {".css", "text/css; charset=utf-8"},
                                           {".js", "text/javascript; charset=utf-8"},
                                           {".json", "application/json; charset=utf-8"},
                                           {".webmanifest", "application/manifest+json"},
                                           {".xml", "application/xml"},
                                           {".svg", "image/svg+xml"},
                                           {".png", "image/png"},
                                           {".ico", "image/x-icon"}};
    const char *end = strrchr(file, '.');

    for (size_t i = 0; end != NULL && i < COUNT(types); i++)
        if (strcmp(end, types[i][0]) == 0)
            return text_of(types[i][1]);
    return TEXT("application/octet-stream");
}

static void file_load(struct settings *settings, size_t index)
{
    struct plain_direct *direct = &settings->config->routes.rows[index].direct;
    char *bytes = pool_take(settings->config->pool, FILE_MAX + 1);
    ssize_t count = file_read(direct->file, bytes, FILE_MAX);

    if (count < 0)
        settings_complain(settings, "routes.*.answer.file", index, "\"%.200s\": %s", direct->file,
                          strerror(errno));
    else if ((size_t)count > FILE_MAX)
        settings_complain(settings, "routes.*.answer.file", index, "\"%.200s\" has more than 1MiB",
                          direct->file);
    else
        direct->body = pool_text(settings->config->pool, (struct text){bytes, (size_t)count});
}

static void tag_make(struct pool *pool, struct plain_direct *direct)
{
    struct digest digest;

    digest_init(&digest);
    digest_add(&digest, direct->body);
    direct->etag = pool_print(pool, "\"%016llx\"", (unsigned long long)digest_now(&digest));
}

static void status_check(struct settings *settings, size_t index)
{
    const struct plain_direct *direct = &settings->config->routes.rows[index].direct;

    if (direct->status >= 300 && direct->status < 400)
        settings_complain(settings, "routes.*.answer.status", index,
                          "a redirect is written as redirect: {to: URL, status: 308}");
    if ((direct->status == 204 || direct->status == 205) && direct->body.len > 0)
        settings_complain(settings, "routes.*.answer.status", index,
                          "an answer with this status has no body");
}

static void answer_check(struct settings *settings, size_t index)
{
    struct plain_direct *direct = &settings->config->routes.rows[index].direct;

    direct->kind = PLAIN_DIRECT_ANSWER;
    if (direct->body.at != NULL && direct->file != NULL)
        settings_complain(settings, "routes.*.answer.file", index,
                          "it excludes body; leave one out");
    else if (direct->file != NULL)
        file_load(settings, index);
    if (direct->type.at == NULL)
        direct->type =
            direct->file == NULL ? TEXT("text/plain; charset=utf-8") : type_of(direct->file);
    status_check(settings, index);
    if (direct->status == 200)
        tag_make(settings->config->pool, direct);
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->routes.count; i++) {
        doings_check(settings, i);
        if (section_routes_direct_is_meant(settings, i))
            idle_check(settings, i);
        if (first_of(settings, REDIRECT, i) != NULL)
            redirect_check(settings, i);
        else if (first_of(settings, ANSWER, i) != NULL)
            answer_check(settings, i);
    }
}

const struct section section_routes_direct = {
    .rows = rows, .items = &section_routes_items, .check = check};
