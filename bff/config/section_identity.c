/* identity: the token by which this server tells services who asks. */
#include <stdio.h>

#include "bff/config/file_mode.h"
#include "bff/config/kind.h"
#include "bff/edge/identity_keys.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, identity.member)
#define HEADER "X-Identity"
#define PER_SERVICE "per-service"

/* Many services read x_who and X-Who as one field. A client's field of the other spelling would
 * pass. */
static const char *header_words(struct text name)
{
    if (text_equal_nocase(name, TEXT(HEADER)))
        return NULL;
    if (memchr(name.at, '_', name.len) != NULL)
        return "expected a name without '_', such as " HEADER;
    return kind_field_words(name);
}

static void header_read(struct settings_input *input)
{
    const char *words = header_words(text_of(input->text));

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = kind_lower(input->config->pool, text_of(input->text));
}

/* libjwt signs, and it has no PS* and no EdDSA. */
static void algorithm_read(struct settings_input *input)
{
    static const enum jwt_algorithm known[] = {JWT_RS256, JWT_RS384, JWT_RS512,
                                               JWT_ES256, JWT_ES384, JWT_ES512};
    static const char *const words[] = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum jwt_algorithm *)input->member = known[which];
}

static void previous_read(struct settings_input *input)
{
    size_t count = input->values->count;
    const char **files = pool_zero(input->config->pool, count * sizeof(*files));

    for (size_t i = 0; i < count; i++)
        files[i] = kind_file_name(input, i);
    if (input->is_wrong)
        return;
    input->config->identity.previous_keys = files;
    input->config->identity.previous_key_count = count;
}

static void audience_read(struct settings_input *input)
{
    if (strcmp(input->text, PER_SERVICE) == 0)
        *(struct text *)input->member = (struct text){0};
    else
        kind_text.read(input);
}

static const struct settings_kind header_kind = {.read = header_read};
static const struct settings_kind algorithm_kind = {.read = algorithm_read};
static const struct settings_kind previous_kind = {.read = previous_read, .is_list = true};
static const struct settings_kind audience_kind = {.read = audience_read};

static const struct setting rows[] = {
    {"identity", &kind_only_off, .shown = "off",
     .about = "a token of this server that tells services who asks; or off"},
    {"identity.header", &header_kind, OF(header), .normal = HEADER,
     .about = "the header with the token"},
    {"identity.algorithm", &algorithm_kind, OF(algorithm), .normal = "ES256",
     .about = "what it is signed with: RS256 ES256, or the same with 384 and 512"},
    {"identity.key_file", &kind_file, OF(key_file),
     .about = "the private key that signs it, a PEM file"},
    {"identity.previous_keys", &previous_kind, .shown = "none",
     .about = "keys that signed before: PEM files; they are still published"},
    {"identity.ttl", &kind_seconds, OF(ttl_s), 5, 3600, .normal = "60s",
     .about = "how long a token is good"},
    {"identity.issuer", &kind_text, OF(issuer), .shown = "bff-web, or bff-mobile",
     .about = "the iss of the token"},
    {"identity.audience", &audience_kind, OF(audience), .normal = PER_SERVICE,
     .about =
         "the aud of the token: per-service (the name of the service that gets it), or a text"},
    {0},
};

static void begin(struct config *config, const struct bff_build *build)
{
    config->identity.issuer = pool_print(config->pool, "bff-%s", build->name);
}

static bool is_wrong(const struct settings *settings, const char *path)
{
    return settings_mark(settings, path, 0)->is_wrong;
}

/* Nobody else may write the header. */
static void header_check(struct settings *settings)
{
    const struct config *config = settings->config;
    const struct text header = config->identity.header;
    static const char words[] = "the token of this server is in this header (identity.header)";

    for (size_t i = 0; i < config->authorizer.header_count; i++)
        if (text_equal(config->authorizer.headers[i], header))
            settings_complain(settings, "login.authorizer.headers", 0, "%s", words);
    for (size_t i = 0; i < config->routes.count; i++)
        if (plain_route_changes(&config->routes.rows[i].request, header))
            settings_complain(settings,
                              settings_is_given(settings, "routes.*.request_headers.set", i)
                                  ? "routes.*.request_headers.set"
                                  : "routes.*.request_headers.remove",
                              i, "%s", words);
    if (config->api_keys.source != API_KEYS_OFF && text_equal(config->api_keys.header, header))
        settings_complain(settings, "identity.header", 0,
                          "API keys come in the same header (api_keys.header)");
}

static void check(struct settings *settings)
{
    struct config *config = settings->config;
    const struct settings_mark *mark = settings_mark(settings, "identity", 0);

    if (!mark->is_open)
        return;
    if (config->identity.key_file == NULL && !is_wrong(settings, "identity.key_file"))
        mistakes_add(&config->mistakes, &mark->seen, "identity: its key_file is missing");
    header_check(settings);
}

/* Returns the setting that ${wrong} is about: it begins with the name of a file. */
static const char *blamed(const struct identity_settings *identity, const char *wrong)
{
    if (text_starts(text_of(wrong), text_of(identity->key_file)))
        return "identity.key_file";
    for (size_t i = 0; i < identity->previous_key_count; i++)
        if (text_starts(text_of(wrong), text_of(identity->previous_keys[i])))
            return "identity.previous_keys";
    return "identity.key_file";
}

/* The loaded keys are kept, so the files are not read again. */
static void check_to_serve(struct settings *settings)
{
    struct config *config = settings->config;
    const struct identity_settings *identity = &config->identity;
    const char *wrong = NULL;

    if (identity->key_file == NULL || is_wrong(settings, "identity.algorithm") ||
        is_wrong(settings, "identity.previous_keys"))
        return;
    file_mode_check(settings, "identity.key_file", 0, identity->key_file);
    config->identity_keys = identity_keys_new(identity, &wrong);
    if (config->identity_keys == NULL)
        settings_complain(settings, blamed(identity, wrong), 0, "%s", wrong);
}

const struct section section_identity = {
    .rows = rows, .begin = begin, .check = check, .check_to_serve = check_to_serve};
