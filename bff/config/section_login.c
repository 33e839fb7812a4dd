/* login: whether tokens are checked, and which tokens are accepted. */
#include "bff/config/kind.h"
#include "bff/config/secret_file.h"

#include "bff/config/section.h"
#include "bff/config/section_login_check.h"
#include "bff/config/section_login_rows.h"

#define OF(member) offsetof(struct config, member)

/* Reads the secret. login_new checks it later. No message may show the secret. */
static void secret_read(struct settings_input *input)
{
    struct text secret = text_bare_line(text_of(input->text));

    if (secret.len == 0)
        settings_refuse(input, 0, "the secret is empty");
    else
        *(struct text *)input->member = pool_text(input->config->pool, secret);
}

static const struct settings_kind secret_kind = {.read = secret_read};

static const struct setting rows[] = {
    {"login", &kind_off, OF(login_is_off),
     .about = "off: nobody is asked who they are, and no access rule is enforced"},
    {"login.algorithms", &kind_algorithms, OF(login.algorithms), .normal = "HS256",
     .about = "what tokens may be signed with: HS256 RS256 PS256 ES256, or with 384 or 512; EdDSA"},
    {"login.secret", &secret_kind, OF(login.secret), .shown = "JWT_SECRET of the environment",
     .about = "the secret of HS*, 32 bytes at least", .environment = "JWT_SECRET",
     .may_be_unset = true},
    {"login.secret_file", &kind_file, OF(secret_file),
     .shown = "JWT_SECRET_FILE of the environment",
     .about = "the file that holds the secret, in its place", .environment = "JWT_SECRET_FILE"},
    {"login.keys", &kind_key_files, OF(login),
     .about = "public keys of RS* and its like: files with a PEM key, a certificate or a JWK Set"},
    SECTION_LOGIN_ROWS_JWKS("login", OF(login)),
    {"login.issuer", &kind_string, OF(login.issuer), .shown = "any",
     .about = "what a token's iss must be"},
    SECTION_LOGIN_ROWS_CLAIMS("login", OF(login)),
    {0},
};

static const struct place *place_of(struct settings *settings, const char *path)
{
    return &settings_mark(settings, path, 0)->place;
}

static bool is_wrong(struct settings *settings, const char *path)
{
    return settings_mark(settings, path, 0)->is_wrong;
}

/* Returns the path of the setting with the secret; NULL if there is no secret or it is wrong. */
static const char *secret_choose(struct settings *settings)
{
    struct config *config = settings->config;
    const struct place *secret = place_of(settings, "login.secret");
    const struct place *file = place_of(settings, "login.secret_file");
    bool is_of_file = secret->source == NULL || (file->source != NULL && file->line < secret->line);

    if (config->secret_file == NULL)
        return config->login.secret.at == NULL ? NULL : "login.secret";
    if (secret->source != NULL && (file->line > 0) == (secret->line > 0)) {
        settings_complain(settings, "login.secret_file", 0,
                          "the secret itself is given beside it; expected one of the two");
        return NULL;
    }
    if (!is_of_file)
        return "login.secret";
    config->login.secret = secret_file_read(settings, "login.secret_file", 0, config->secret_file);
    return config->login.secret.at == NULL ? NULL : "login.secret_file";
}

/*
 * Checks the secret as part of the login settings: ${half} has only the HS* algorithms. The other
 * algorithms are checked separately, so that each mistake is reported at its own setting, ${path}.
 */
static void half_check(struct settings *settings, const struct login_settings *half,
                       const char *path)
{
    const char *wrong = NULL;
    struct login *login = login_new(half, &wrong);

    if (login == NULL)
        settings_complain(settings, path, 0, "%s", wrong);
    login_free(login);
}

static void secret_check(struct settings *settings)
{
    struct login_settings half = settings->config->login;
    size_t mistakes = settings->config->mistakes.count;
    const char *from = secret_choose(settings);

    half.algorithms &= JWT_ALL_HS;
    half.secret = settings->config->login.secret;
    half.key_file_count = half.issuer_count = 0;
    half.jwks = (struct key_source_settings){0};
    if (settings->config->mistakes.count > mistakes)
        return;
    if (half.algorithms == 0 && from != NULL && place_of(settings, from)->line > 0)
        settings_complain(settings, from, 0,
                          "nothing uses it: login.algorithms has no HS256, HS384 or HS512");
    if (half.algorithms == 0)
        return;
    if (from != NULL)
        half_check(settings, &half, from);
    else if (settings->config->mock_dir == NULL)
        settings_complain(
            settings, "login.secret", 0,
            "it is missing. Set the environment variable JWT_SECRET, or JWT_SECRET_FILE to "
            "the name of a file that holds it; to try things out with mock services, start "
            "with --mock DIR, and a secret is made");
}

static void check_to_serve(struct settings *settings)
{
    struct config *config = settings->config;
    const struct section_login_check about = {
        .prefix = "login", .login = &config->login, .keys = &config->login_keys};

    if (config->login_is_off || is_wrong(settings, "login") ||
        is_wrong(settings, "login.algorithms"))
        return;
    if (!is_wrong(settings, "login.secret") && !is_wrong(settings, "login.secret_file"))
        secret_check(settings);
    if (!is_wrong(settings, "login.keys"))
        section_login_check_keys(settings, &about);
}

static void check(struct settings *settings)
{
    const struct section_login_check about = {.prefix = "login", .login = &settings->config->login};

    section_login_check_jwks(settings, &about);
}

const struct section section_login = {
    .rows = rows, .check = check, .check_to_serve = check_to_serve};
