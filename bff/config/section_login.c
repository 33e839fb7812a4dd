/* login: whether tokens are checked, and which tokens are accepted. */
#include <errno.h>
#include <stdio.h>

#include "bff/base/file.h"
#include "bff/config/file_mode.h"
#include "bff/config/kind.h"
#include "bff/config/suggest.h"
#include "bff/token/jwt_path.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)
#define SECRET_MAX ((size_t)8192) /* the most bytes of the file of a secret */

/* Reads the secret. login_new checks it later. No message may show the secret. */
static void secret_read(struct settings_input *input)
{
    struct text secret = text_bare_line(text_of(input->text));

    if (secret.len == 0)
        settings_refuse(input, 0, "the secret is empty");
    else
        *(struct text *)input->member = pool_text(input->config->pool, secret);
}

/* Algorithms of the standard (RFC 7518, RFC 8037, RFC 8812) that this server does not have. */
static bool is_of_another_kind(const char *text)
{
    static const char *const names[] = {"PS256", "PS384", "PS512", "ES256K", "EdDSA"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_nocase(text_of(text), text_of(names[i])))
            return true;
    return false;
}

static void algorithm_refuse(struct settings_input *input, size_t which)
{
    const char *text = input->values->texts[which], *names[JWT_ALGORITHM_COUNT];
    char words[128] = "expected HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384 or ES512";

    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++)
        names[i] = jwt_algorithm_name((enum jwt_algorithm)i);
    const char *near = suggest_name(text_of(text), names, JWT_ALGORITHM_COUNT);
    if (strcmp(text, "none") == 0)
        snprintf(words, sizeof(words), "tokens without a signature are never taken");
    else if (near != NULL && !is_of_another_kind(text))
        snprintf(words, sizeof(words), "unknown algorithm; did you mean \"%s\"?", near);
    settings_refuse_value(input, which, words);
}

static void algorithms_read(struct settings_input *input)
{
    unsigned bits = 0;

    for (size_t i = 0; i < input->values->count; i++) {
        enum jwt_algorithm algorithm;
        if (jwt_algorithm_of(text_of(input->values->texts[i]), &algorithm) == 0)
            bits |= JWT_BIT(algorithm);
        else
            algorithm_refuse(input, i);
    }
    if (!input->is_wrong)
        *(unsigned *)input->member = bits;
}

static void key_files_read(struct settings_input *input)
{
    size_t count = input->values->count;
    const char **files = pool_zero(input->config->pool, count * sizeof(*files));

    for (size_t i = 0; i < count; i++)
        files[i] = kind_file_name(input, i);
    if (input->is_wrong)
        return;
    input->config->login.key_files = files;
    input->config->login.key_file_count = count;
}

/* Why ${path} cannot be the name of a claim; NULL: it can. */
static const char *claim_words(const char *path)
{
    size_t len = strlen(path);

    if (len == 0 || len > JWT_PATH_MAX)
        return "expected the name of a claim, such as sub or realm_access.roles";
    if (path[0] == '.' || path[len - 1] == '.' || strstr(path, "..") != NULL)
        return "a name is missing beside a dot";
    return NULL;
}

static void claims_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct login_paths paths = {.count = values->count};

    for (size_t i = 0; i < values->count; i++) {
        const char *words = claim_words(values->texts[i]);
        if (i >= LOGIN_PATHS_MAX)
            words = "expected at most 8 names of claims";
        if (words != NULL)
            settings_refuse_value(input, i, words);
        else
            paths.at[i] = pool_text(input->config->pool, text_of(values->texts[i])).at;
    }
    if (!input->is_wrong)
        *(struct login_paths *)input->member = paths;
}

static const struct settings_kind claims_kind = {.read = claims_read, .is_list = true};
static const struct settings_kind secret_kind = {.read = secret_read};
static const struct settings_kind algorithms_kind = {.read = algorithms_read, .is_list = true};
static const struct settings_kind key_files_kind = {.read = key_files_read, .is_list = true};

static const struct setting rows[] = {
    {"login", &kind_off, OF(login_is_off),
     .about = "off: nobody is asked who they are, and no access rule is enforced"},
    {"login.algorithms", &algorithms_kind, OF(login.algorithms), .normal = "HS256",
     .about = "what tokens may be signed with: HS256 RS256 ES256, or the same with 384 and 512"},
    {"login.secret", &secret_kind, OF(login.secret), .shown = "JWT_SECRET of the environment",
     .about = "the secret of HS*, 32 bytes at least", .environment = "JWT_SECRET",
     .may_be_unset = true},
    {"login.secret_file", &kind_file, OF(secret_file),
     .shown = "JWT_SECRET_FILE of the environment",
     .about = "the file that holds the secret, in its place", .environment = "JWT_SECRET_FILE"},
    {"login.keys", &key_files_kind,
     .about = "public keys of RS* and ES*: files with a PEM key, a certificate or a JWK Set"},
    {"login.issuer", &kind_string, OF(login.issuer), .shown = "any",
     .about = "what a token's iss must be"},
    {"login.audience", &kind_string, OF(login.audience), .shown = "any",
     .about = "what a token's aud must be, or contain"},
    {"login.claims.user", &claims_kind, OF(login.user), .shown = "id, or sub",
     .about = "the claim that names the user; of several, the first that a token has"},
    {"login.claims.role", &claims_kind, OF(login.role), .shown = "role",
     .about = "the claim with the user's roles: a.b is the member b of the claim a"},
    {"login.leeway", &kind_seconds, OF(login.leeway_seconds), 0, 3600, .normal = "30s",
     .about = "by how much clocks may differ"},
    {"login.require_exp", &kind_bool, OF(login.require_exp), .normal = "true",
     .about = "refuse tokens that never expire"},
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

static void secret_file_read(struct settings *settings)
{
    struct config *config = settings->config;
    const char *path = "login.secret_file", *file = config->secret_file;
    char *bytes = pool_take(config->pool, SECRET_MAX + 1);
    ssize_t len = file_read(file, bytes, SECRET_MAX);
    struct text secret = text_bare_line((struct text){bytes, len < 0 ? 0 : (size_t)len});

    config->login.secret = (struct text){0};
    if (len < 0)
        settings_complain(settings, path, 0, "\"%.200s\" cannot be read: %s", file,
                          strerror(errno));
    else if ((size_t)len > SECRET_MAX)
        settings_complain(settings, path, 0, "\"%.200s\" is larger than 8 KiB", file);
    else if (secret.len == 0)
        settings_complain(settings, path, 0, "\"%.200s\" is empty", file);
    else
        config->login.secret = secret;
    if (len >= 0)
        file_mode_check(settings, path, file);
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
    secret_file_read(settings);
    return config->login.secret.at == NULL ? NULL : "login.secret_file";
}

/*
 * Makes a login from a part of the login settings: ${half} has either only the HS* algorithms or
 * only the other algorithms. They are checked separately, so that each mistake is reported at its
 * own setting, ${path}. If ${half} is wrong, reports the mistake and returns NULL.
 */
static struct login *half_check(struct settings *settings, const struct login_settings *half,
                                const char *path)
{
    const char *wrong = NULL;
    struct login *login = login_new(half, &wrong);

    if (login == NULL)
        settings_complain(settings, path, 0, "%s", wrong);
    return login;
}

static void secret_check(struct settings *settings)
{
    struct login_settings half = settings->config->login;
    size_t mistakes = settings->config->mistakes.count;
    const char *from = secret_choose(settings);

    half.algorithms &= JWT_ALL_HS;
    half.secret = settings->config->login.secret;
    half.key_file_count = 0;
    if (settings->config->mistakes.count > mistakes)
        return;
    if (half.algorithms == 0 && from != NULL && place_of(settings, from)->line > 0)
        settings_complain(settings, from, 0,
                          "nothing uses it: login.algorithms has no HS256, HS384 or HS512");
    if (half.algorithms == 0)
        return;
    if (from != NULL)
        login_free(half_check(settings, &half, from));
    else if (settings->config->mock_dir == NULL)
        settings_complain(
            settings, "login.secret", 0,
            "it is missing. Set the environment variable JWT_SECRET, or JWT_SECRET_FILE to "
            "the name of a file that holds it; to try things out with mock services, start "
            "with --mock DIR, and a secret is made");
}

static void on_left_out(void *cookie, const char *words)
{
    settings_warn(cookie, "login.keys", 0, "%s, and is left out", words);
}

/* Checks the key files. The loaded keys are kept, so the files are not read again. */
static void keys_check(struct settings *settings)
{
    struct login_settings half = settings->config->login;
    bool has_keys = half.key_file_count > 0;

    half.algorithms &= ~JWT_ALL_HS;
    half.left_out = on_left_out;
    half.cookie = settings;
    if (half.algorithms != 0)
        settings->config->login_keys =
            half_check(settings, &half, has_keys ? "login.keys" : "login.algorithms");
    else if (has_keys)
        settings_complain(
            settings, "login.keys", 0,
            "nothing uses them: login.algorithms has none of RS256, ES256 and their like");
    settings->config->login.keys_of = settings->config->login_keys;
}

static void check_to_serve(struct settings *settings)
{
    if (settings->config->login_is_off || is_wrong(settings, "login") ||
        is_wrong(settings, "login.algorithms"))
        return;
    if (!is_wrong(settings, "login.secret") && !is_wrong(settings, "login.secret_file"))
        secret_check(settings);
    if (!is_wrong(settings, "login.keys"))
        keys_check(settings);
}

const struct section section_login = {.rows = rows, .check_to_serve = check_to_serve};
