/* login.issuers: more issuers of tokens, each with its own keys and rules. */
#include "bff/config/kind.h"

#include "bff/config/section.h"
#include "bff/config/section_login_check.h"
#include "bff/config/section_login_rows.h"

#define OF(member) offsetof(struct login_settings, member)
#define ISSUERS_MAX 32

static void name_read(struct settings_input *input)
{
    struct text name = {0};
    struct settings_input inner = *input;

    inner.member = &name;
    kind_name.read(&inner);
    input->is_wrong = inner.is_wrong;
    if (!input->is_wrong)
        *(const char **)input->member = name.at;
}

static const struct settings_kind name_kind = {.read = name_read};

static const struct setting rows[] = {
    {"login.issuers.*.name", &name_kind, OF(name),
     .about = "its name in messages: letters, digits, - and _"},
    {"login.issuers.*.issuer", &kind_string, OF(issuer),
     .about = "the iss of its tokens; its rules below are the only ones for them"},
    {"login.issuers.*.algorithms", &kind_algorithms, OF(algorithms), .normal = "RS256",
     .about = "what its tokens may be signed with; HS* is for login itself only"},
    {"login.issuers.*.keys", &kind_key_files, 0, .about = "as login.keys"},
    SECTION_LOGIN_ROWS_JWKS("login.issuers.*", 0),
    SECTION_LOGIN_ROWS_CLAIMS("login.issuers.*", 0),
    {0},
};

static size_t count(const struct config *config) { return config->login.issuer_count; }

static void *at(struct config *config, size_t index) { return &config->login.issuers[index]; }

static void make(struct config *config, size_t count)
{
    config->login.issuers = pool_zero(config->pool, (count + 1) * sizeof(*config->login.issuers));
    config->login.issuer_count = count;
    config->issuer_keys = pool_zero(config->pool, (count + 1) * sizeof(*config->issuer_keys));
}

static const struct settings_items items = {.path = "login.issuers",
                                            .noun = "issuer",
                                            .count = count,
                                            .at = at,
                                            .make = make,
                                            .most = ISSUERS_MAX};

static bool is_wrong(const struct settings *settings, const char *path, size_t index)
{
    return settings_mark(settings, path, index)->is_wrong;
}

/* Reports the setting ${name} of the item if it is missing. */
static void missing_check(struct settings *settings, size_t index, const char *path)
{
    const struct settings_group *group = settings_group_of(settings, &section_login_issuers);

    if (!settings_is_given(settings, path, index) && !is_wrong(settings, path, index))
        mistakes_add(&settings->config->mistakes, &group->begins[index],
                     "login.issuers[%zu]: its %s is missing", index,
                     path + sizeof("login.issuers.*.") - 1);
}

static bool is_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* A token's `iss` chooses the issuer, so no two may have the same. */
static void repeated_check(struct settings *settings, size_t index)
{
    const struct login_settings *login = &settings->config->login, *one = &login->issuers[index];

    if (is_same(login->issuer, one->issuer))
        settings_complain(settings, "login.issuers.*.issuer", index,
                          "login itself has the same issuer (login.issuer)");
    for (size_t i = 0; i < index; i++) {
        if (is_same(login->issuers[i].name, one->name))
            settings_complain(settings, "login.issuers.*.name", index,
                              "login.issuers[%zu] has the same name", i);
        if (is_same(login->issuers[i].issuer, one->issuer))
            settings_complain(settings, "login.issuers.*.issuer", index,
                              "login.issuers[%zu] has the same issuer", i);
    }
}

static void algorithms_check(struct settings *settings, size_t index)
{
    if ((settings->config->login.issuers[index].algorithms & JWT_ALL_HS) != 0)
        settings_complain(settings, "login.issuers.*.algorithms", index,
                          "HS256, HS384 and HS512 need a secret, which only login itself has");
}

/* Every issuer needs keys. A wrong setting has been reported already. */
static void source_check(struct settings *settings, size_t index)
{
    const struct login_settings *one = &settings->config->login.issuers[index];
    const struct settings_group *group = settings_group_of(settings, &section_login_issuers);
    bool is_reported = is_wrong(settings, "login.issuers.*.keys", index) ||
                       is_wrong(settings, "login.issuers.*.jwks.url", index);

    if (one->key_file_count == 0 && one->jwks.url.at == NULL && !is_reported)
        mistakes_add(&settings->config->mistakes, &group->begins[index],
                     "login.issuers[%zu]: it has no keys; expected keys, or jwks", index);
}

static struct section_login_check about(struct config *config, size_t index)
{
    return (struct section_login_check){.prefix = "login.issuers.*",
                                        .index = index,
                                        .login = &config->login.issuers[index],
                                        .keys = &config->issuer_keys[index]};
}

/* Without a secret and keys, login itself takes no tokens beside those of the issuers. */
static void own_check(struct settings *settings)
{
    static const char *const own[] = {"login.algorithms", "login.secret", "login.secret_file",
                                      "login.keys", "login.jwks.url"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (settings_is_given(settings, own[i], 0) || is_wrong(settings, own[i], 0))
            return;
    if (settings->config->login.issuer_count > 0)
        settings->config->login.algorithms = 0;
}

static void check(struct settings *settings)
{
    own_check(settings);
    for (size_t i = 0; i < settings->config->login.issuer_count; i++) {
        const struct section_login_check part = about(settings->config, i);
        missing_check(settings, i, "login.issuers.*.name");
        missing_check(settings, i, "login.issuers.*.issuer");
        repeated_check(settings, i);
        algorithms_check(settings, i);
        source_check(settings, i);
        if ((part.login->algorithms & JWT_ALL_HS) == 0)
            section_login_check_jwks(settings, &part);
    }
}

static void check_to_serve(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->login.issuer_count; i++) {
        const struct section_login_check part = about(settings->config, i);
        bool has_keys = part.login->key_file_count > 0 || part.login->jwks.url.at != NULL;
        bool has_secret = (part.login->algorithms & JWT_ALL_HS) != 0;
        if (has_keys && !has_secret && !is_wrong(settings, "login.issuers.*.algorithms", i) &&
            !is_wrong(settings, "login.issuers.*.keys", i))
            section_login_check_keys(settings, &part);
    }
}

const struct section section_login_issuers = {
    .rows = rows, .items = &items, .check = check, .check_to_serve = check_to_serve};
