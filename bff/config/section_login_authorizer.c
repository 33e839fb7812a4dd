/* login.authorizer: a service that is asked whether a request may pass. */
#include "bff/config/kind.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, authorizer.member)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define PARTS "header:NAME, cookie:NAME, query:NAME, path, method or ip"

static void method_read(struct settings_input *input)
{
    static const char *const words[] = {"POST", "GET", NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(bool *)input->member = which == 1;
}

static const char *name_words(enum authorizer_part_kind kind, struct text name)
{
    if (field_is_token(name))
        return NULL;
    if (kind == AUTHORIZER_HEADER)
        return "expected the name of a header, as in header:Authorization";
    return kind == AUTHORIZER_COOKIE ? "expected the name of a cookie, as in cookie:cart"
                                     : "expected the name of a parameter, as in query:shop";
}

/* Returns words that say what is wrong, or NULL. */
static const char *part_read(struct pool *pool, const char *text, struct authorizer_part *out)
{
    static const struct {
        const char *word;
        enum authorizer_part_kind kind;
        bool has_name;
    } known[] = {{"header", AUTHORIZER_HEADER, true},  {"cookie", AUTHORIZER_COOKIE, true},
                 {"query", AUTHORIZER_QUERY, true},    {"path", AUTHORIZER_PATH, false},
                 {"method", AUTHORIZER_METHOD, false}, {"ip", AUTHORIZER_IP, false}};
    struct text name = text_of(text), word = text_cut(&name, ':');
    size_t i = 0;

    while (i < COUNT(known) &&
           !(text_is(word, known[i].word) && known[i].has_name == (name.at != NULL)))
        i++;
    if (i == COUNT(known))
        return "expected " PARTS;
    *out = (struct authorizer_part){.kind = known[i].kind};
    if (!known[i].has_name)
        return NULL;
    out->name = out->kind == AUTHORIZER_HEADER ? kind_lower(pool, name) : pool_text(pool, name);
    return name_words(out->kind, name);
}

static bool is_listed(const struct authorizer_part *parts, size_t count,
                      const struct authorizer_part *part)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind == part->kind && text_equal(parts[i].name, part->name))
            return true;
    return false;
}

static void identity_read(struct settings_input *input)
{
    struct authorizer_part parts[AUTHORIZER_PARTS_MAX] = {0};
    size_t count = 0;

    for (size_t i = 0; i < input->values->count; i++) {
        struct authorizer_part part = {0};
        const char *words = part_read(input->config->pool, input->values->texts[i], &part);
        if (words == NULL && is_listed(parts, count, &part))
            words = "it is listed twice";
        if (words == NULL && count == AUTHORIZER_PARTS_MAX)
            words = "an identity has at most 16 parts";
        if (words != NULL)
            settings_refuse_value(input, i, words);
        else
            parts[count++] = part;
    }
    if (input->is_wrong)
        return;
    memcpy(input->config->authorizer.parts, parts, sizeof(parts));
    input->config->authorizer.part_count = count;
}

static void paths_read(struct settings_input *input)
{
    struct kind_texts paths = kind_paths(input);

    if (input->is_wrong)
        return;
    input->config->authorizer.paths = paths.at;
    input->config->authorizer.path_count = paths.count;
}

static void headers_read(struct settings_input *input)
{
    struct kind_texts names = kind_field_names(input);
    bool is_good = !input->is_wrong;

    for (size_t i = 0; i < names.count && is_good; i++)
        if (!authorizer_answer_may_set(names.at[i]))
            settings_refuse_value(input, i,
                                  "services believe it for another reason; "
                                  "expected a header of its own, such as X-Tenant");
    if (input->is_wrong)
        return;
    input->config->authorizer.headers = names.at;
    input->config->authorizer.header_count = names.count;
}

static const struct settings_kind method_kind = {.read = method_read};
static const struct settings_kind identity_kind = {.read = identity_read, .is_list = true};
static const struct settings_kind paths_kind = {.read = paths_read, .is_list = true};
static const struct settings_kind headers_kind = {.read = headers_read, .is_list = true};

static const struct setting rows[] = {
    {"login.authorizer.service", &kind_service, OF(service), .shown = "none",
     .about = "the service that decides whether a request may pass"},
    {"login.authorizer.path", &kind_path, OF(path), .normal = "/authorize",
     .about = "the path of the question"},
    {"login.authorizer.method", &method_kind, OF(is_get), .normal = "POST",
     .about = "how it is asked: POST or GET"},
    {"login.authorizer.ttl", &kind_duration, OF(ttl_ms), 0, 24 * UNITS_HOUR, .normal = "300s",
     .about = "how long an allow is used again"},
    {"login.authorizer.deny_ttl", &kind_duration, OF(deny_ttl_ms), 0, UNITS_HOUR, .normal = "10s",
     .about = "how long a deny is used again"},
    {"login.authorizer.timeout", &kind_duration, OF(timeout_ms), 1, 60 * UNITS_SECOND,
     .normal = "1s", .about = "how long a question may take"},
    {"login.authorizer.stale", &kind_duration, OF(stale_ms), 0, 24 * UNITS_HOUR, .normal = "0s",
     .about = "how long after ttl an allow is used while the service fails"},
    {"login.authorizer.identity", &identity_kind, .normal = "header:Authorization",
     .about = "what an answer depends on: " PARTS},
    {"login.authorizer.paths", &paths_kind, .normal = "/api/",
     .about = "requests that it is asked about: a prefix when it ends with /"},
    {"login.authorizer.max", &kind_count, OF(max), 1, 10000000, .normal = "10000",
     .about = "the most answers that are kept"},
    {"login.authorizer.checks_tokens", &kind_bool, OF(checks_tokens), .normal = "false",
     .about = "where it is asked, the service checks Authorization, and this server does not"},
    {"login.authorizer.headers", &headers_kind, .shown = "none",
     .about = "headers for services that its answer may set"},
    {0},
};

/* Returns the first setting that is given; NULL: none. */
static const char *first_given(const struct settings *settings)
{
    for (const struct setting *row = rows; row->path != NULL; row++)
        if (settings_is_given(settings, row->path, 0))
            return row->path;
    return NULL;
}

static bool has_authorization(const struct authorizer_settings *authorizer)
{
    for (size_t i = 0; i < authorizer->part_count; i++)
        if (authorizer->parts[i].kind == AUTHORIZER_HEADER &&
            text_is(authorizer->parts[i].name, "authorization"))
            return true;
    return false;
}

static void check_tokens(struct settings *settings)
{
    const struct authorizer_settings *authorizer = &settings->config->authorizer;

    if (authorizer->service != NULL && authorizer->checks_tokens && !has_authorization(authorizer))
        settings_complain(settings, "login.authorizer.checks_tokens", 0,
                          "it needs header:Authorization in login.authorizer.identity");
}

static void check(struct settings *settings)
{
    const struct authorizer_settings *authorizer = &settings->config->authorizer;
    const char *first = first_given(settings);

    if (authorizer->service == NULL && first != NULL &&
        !settings_mark(settings, "login.authorizer.service", 0)->is_wrong)
        settings_complain(settings, first, 0, "it needs login.authorizer.service beside it");
    check_tokens(settings);
    if (authorizer->service == NULL || authorizer->stale_ms == 0 || authorizer->ttl_ms > 0)
        return;
    settings_complain(settings, "login.authorizer.stale", 0,
                      "with ttl: 0s no answer is kept that could be used");
}

const struct section section_login_authorizer = {.rows = rows, .check = check};
