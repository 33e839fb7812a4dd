/* See login_issuer.h. */
#include <stdio.h>

#include "bff/base/memory.h"
#include "bff/edge/login_keys.h"
#include "bff/edge/login_secret.h"
#include "bff/upstream/trust.h"

#include "bff/edge/login_issuer.h"

static const struct login_paths user_paths = {{"id", "sub"}, 2}, role_paths = {{"role"}, 1},
                                scope_paths = {{"scope", "scp"}, 2};

/* Each check returns 0, or -1 and fills ${wrong}. */

static int read_secret(struct login_issuer *issuer, struct text secret,
                       char wrong[LOGIN_ISSUER_WRONG])
{
    if ((issuer->algorithms & JWT_ALL_HS) == 0)
        return 0;
    if (login_secret_check(secret, wrong, LOGIN_ISSUER_WRONG) != 0)
        return -1;
    issuer->secret = jwt_secret_new(secret);
    return 0;
}

/* Each allowed algorithm must have a key, or a URL that may have one. Otherwise every token of that
 * algorithm would be refused, and the operator would not know why. */
static int check_keys(const struct login_issuer *issuer, char wrong[LOGIN_ISSUER_WRONG])
{
    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++) {
        bool has_key =
            (issuer->algorithms & JWT_BIT(i) & ~JWT_ALL_HS) == 0 || issuer->source != NULL;
        for (size_t at = 0; at < issuer->keys.count; at++)
            has_key = has_key || (issuer->keys.rows[at].algorithms & JWT_BIT(i)) != 0;
        if (has_key)
            continue;
        snprintf(wrong, LOGIN_ISSUER_WRONG, "there is no key for %s",
                 jwt_algorithm_name((enum jwt_algorithm)i));
        return -1;
    }
    return 0;
}

/* The listener of one file of the settings. */
struct listening {
    const struct login_settings *settings;
    const char *file;
};

static void on_left_out(void *cookie, const char *words)
{
    const struct listening *listening = cookie;
    char whole[LOGIN_ISSUER_WRONG];

    snprintf(whole, sizeof(whole), "%s: %s", listening->file, words);
    if (listening->settings->left_out != NULL)
        listening->settings->left_out(listening->settings->cookie, whole);
}

static int read_files(struct login_issuer *issuer, const struct login_settings *settings,
                      char wrong[LOGIN_ISSUER_WRONG])
{
    char why[JWT_WRONG_SIZE] = "";

    for (size_t i = 0; i < settings->key_file_count; i++) {
        const char *file = settings->key_files[i];
        struct listening listening = {settings, file};
        const struct jwt_listener listener = {on_left_out, &listening};
        if (login_keys_read(&issuer->keys, file, issuer->algorithms, &listener, why) != 0) {
            snprintf(wrong, LOGIN_ISSUER_WRONG, "%s: %s", file, why);
            return -1;
        }
    }
    return 0;
}

static int read_keys(struct login_issuer *issuer, const struct login_settings *settings,
                     const struct login_issuer *keys_of, char wrong[LOGIN_ISSUER_WRONG])
{
    if (keys_of != NULL)
        jwt_keys_share(&issuer->keys, &keys_of->keys);
    else if (read_files(issuer, settings, wrong) != 0)
        return -1;
    return check_keys(issuer, wrong);
}

/* Copies of ${paths}, or of ${normal} when there are none. */
static struct login_paths copy_paths(const struct login_paths *paths,
                                     const struct login_paths *normal)
{
    struct login_paths made = paths->count > 0 ? *paths : *normal;

    for (size_t i = 0; i < made.count; i++)
        made.at[i] = memory_string(made.at[i]);
    return made;
}

static void free_paths(const struct login_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        memory_free((char *)paths->at[i]);
}

static char *copy(const char *string) { return string == NULL ? NULL : memory_string(string); }

static void copy_rules(struct login_rules *rules, const struct login_settings *settings)
{
    *rules = (struct login_rules){
        .user = copy_paths(&settings->user, &user_paths),
        .role = copy_paths(&settings->role, &role_paths),
        .scope = copy_paths(&settings->scope, &scope_paths),
        .issuer = copy(settings->issuer),
        .audience = copy(settings->audience),
        .type = settings->type,
        .leeway_seconds = settings->leeway_seconds,
        .splits_roles = settings->splits_roles,
        .require_exp = settings->require_exp,
    };
}

/* The keys of the URL are not fetched here. HS* tokens are never checked with them. */
static void hold_source(struct login_issuer *issuer, const struct key_source_settings *jwks)
{
    struct text name = text_of(issuer->name == NULL ? "login" : issuer->name);
    unsigned algorithms = issuer->algorithms & ~JWT_ALL_HS;
    char *url = memory_new(jwks->url.len + 1);

    if (jwks->url.len > 0)
        memcpy(url, jwks->url.at, jwks->url.len);
    issuer->jwks = *jwks;
    issuer->jwks.url = (struct text){url, jwks->url.len};
    issuer->jwks.ca_file = copy(jwks->ca_file);
    issuer->jwks.trust = trust_hold(jwks->trust);
    issuer->source = key_source_hold(registry_of_process(), name, &issuer->jwks, algorithms);
}

int login_issuer_init(struct login_issuer *issuer, const struct login_settings *settings,
                      const struct login_issuer *keys_of, char wrong[LOGIN_ISSUER_WRONG])
{
    *issuer = (struct login_issuer){.name = copy(settings->name)};
    issuer->algorithms = settings->algorithms & (JWT_BIT(JWT_ALGORITHM_COUNT) - 1);
    copy_rules(&issuer->rules, settings);
    if (settings->jwks.url.at != NULL && (issuer->algorithms & ~JWT_ALL_HS) != 0)
        hold_source(issuer, &settings->jwks);
    if (issuer->algorithms == 0) {
        snprintf(wrong, LOGIN_ISSUER_WRONG, "no algorithm is allowed");
        return -1;
    }
    if (read_secret(issuer, settings->secret, wrong) != 0)
        return -1;
    return read_keys(issuer, settings, keys_of, wrong);
}

void login_issuer_dispose(struct login_issuer *issuer)
{
    jwt_secret_free(issuer->secret);
    jwt_keys_clear(&issuer->keys);
    key_source_release(issuer->source);
    trust_release(issuer->jwks.trust);
    memory_free(issuer->jwks.ca_file);
    memory_free((char *)issuer->jwks.url.at);
    memory_free(issuer->rules.issuer);
    memory_free(issuer->rules.audience);
    free_paths(&issuer->rules.user);
    free_paths(&issuer->rules.role);
    free_paths(&issuer->rules.scope);
    memory_free(issuer->name);
}
