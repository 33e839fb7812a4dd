/* session: signed-in browsers, which have a cookie and no token. */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/rand.h>

#include "bff/base/check.h"
#include "bff/config/address.h"
#include "bff/config/kind.h"
#include "bff/edge/login_secret.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, session.member)
#define DAY_S (24 * 3600)
#define COOKIE_MAX_BYTES 64
#define HOST_PREFIX "__Host-"
#define INSECURE_COOKIE "bff"

static void store_read(struct settings_input *input)
{
    static const char *const words[] = {[SESSION_STORE_COOKIE] = "cookie",
                                        [SESSION_STORE_REDIS] = "redis",
                                        [SESSION_STORE_REDIS + 1] = NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum session_store_kind *)input->member = (enum session_store_kind)which;
}

/* No message may show a key. */
static void keys_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct text *keys = pool_zero(input->config->pool, values->count * sizeof(*keys));
    char wrong[256];

    for (size_t i = 0; i < values->count; i++) {
        struct text key = text_bare_line(text_of(values->texts[i]));
        if (i == SESSION_KEYS_MAX)
            settings_refuse(input, i, "expected at most %d keys", SESSION_KEYS_MAX);
        else if (key.len == 0)
            settings_refuse(input, i, "the secret is empty");
        else if (login_secret_check(key, wrong, sizeof(wrong)) != 0)
            settings_refuse(input, i, "%s", wrong);
        for (size_t j = 0; j < i; j++)
            if (text_equal(keys[j], key))
                settings_refuse(input, i, "key %zu is the same", j + 1);
        keys[i] = pool_text(input->config->pool, key);
    }
    if (input->is_wrong)
        return;
    input->config->session.keys = keys;
    input->config->session.key_count = values->count;
}

static void cookie_read(struct settings_input *input)
{
    struct text name = text_of(input->text);

    if (!field_is_token(name) || name.len > COOKIE_MAX_BYTES)
        settings_refuse_value(input, 0, "expected the name of a cookie, such as __Host-bff");
    else
        *(struct text *)input->member = pool_text(input->config->pool, name);
}

static void same_site_read(struct settings_input *input)
{
    static const char *const words[] = {
        [SESSION_LAX] = "Lax", [SESSION_STRICT] = "Strict", [SESSION_STRICT + 1] = NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum session_same_site *)input->member = (enum session_same_site)which;
}

static void origins_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct text *list = pool_zero(input->config->pool, values->count * sizeof(*list));
    char sentence[KIND_SENTENCE_SIZE];

    for (size_t i = 0; i < values->count; i++) {
        const char *words = strchr(values->texts[i], '*') != NULL
                                ? "expected whole origins; * is not read here"
                                : kind_origin_words(values->texts[i], sentence);
        if (words != NULL)
            settings_refuse_value(input, i, words);
        list[i] = kind_lower(input->config->pool, text_of(values->texts[i]));
    }
    if (input->is_wrong)
        return;
    input->config->session.origins = list;
    input->config->session.origin_count = values->count;
}

/* A browser takes "//host" for another host, and '\\' for '/'. */
static void after_login_read(struct settings_input *input)
{
    bool is_open = strncmp(input->text, "//", 2) == 0 || strchr(input->text, '\\') != NULL;

    if (is_open)
        settings_refuse_value(input, 0, "expected a path of this server, such as /account");
    else
        kind_path.read(input);
}

static const struct settings_kind after_login_kind = {.read = after_login_read};
static const struct settings_kind store_kind = {.read = store_read};
static const struct settings_kind keys_kind = {.read = keys_read, .is_list = true};
static const struct settings_kind cookie_kind = {.read = cookie_read};
static const struct settings_kind same_site_kind = {.read = same_site_read};
static const struct settings_kind origins_kind = {.read = origins_read, .is_list = true};

static const struct setting rows[] = {
    {"session", &kind_only_off, .shown = "off",
     .about = "browsers sign in and get a cookie, never a token; or off"},
    {"session.store", &store_kind, OF(store), .normal = "cookie",
     .about = "where sessions are: cookie (sealed), or redis"},
    {"session.keys", &keys_kind, .shown = "SESSION_KEY of the environment",
     .about = "secrets of 32 bytes at least: the first seals cookies, and all open them",
     .environment = "SESSION_KEY", .file_wins = true},
    {"session.cookie", &cookie_kind, OF(cookie), .shown = "__Host-bff; bff with insecure_localhost",
     .about = "the name of the cookie"},
    {"session.same_site", &same_site_kind, OF(same_site), .normal = "Lax",
     .about = "SameSite of the cookie: Lax or Strict"},
    {"session.idle", &kind_seconds, OF(idle_s), 1, 90 * DAY_S, .normal = "30m",
     .about = "a session ends when nobody has used it for so long"},
    {"session.absolute", &kind_seconds, OF(absolute_s), 1, 365 * DAY_S, .normal = "12h",
     .about = "a session ends so long after the login, also when it is used"},
    {"session.renew_before", &kind_seconds, OF(renew_before_s), 0, 3600, .normal = "60s",
     .about = "tokens are renewed so long before they end"},
    {"session.bearer", &kind_bool, OF(takes_bearer), .normal = "false",
     .about = "true: requests may have a Bearer token in place of a session"},
    {"session.origins", &origins_kind, .shown = "that of the request itself",
     .about = "origins of our own pages, such as https://shop.example"},
    {"session.after_login", &after_login_kind, OF(after_login), .normal = "/",
     .about = "where a browser goes after a login"},
    {"session.max_bytes", &kind_size, OF(max_bytes), 2 * 1024, 64 * 1024, .normal = "16KiB",
     .about = "the longest session in cookies"},
    {"session.insecure_localhost", &kind_bool, OF(is_insecure_localhost), .normal = "false",
     .about = "true: for development, the cookie works over http://localhost"},
    {0},
};

static bool is_wrong(const struct settings *settings, const char *path)
{
    return settings_mark(settings, path, 0)->is_wrong;
}

/* The prefix keeps sibling domains and http from setting the cookie (RFC 6265bis section 4.1.3.2).
 * Browsers take it only with Secure. */
static void cookie_check(struct settings *settings)
{
    struct session_settings *session = &settings->config->session;
    const char *path = "session.cookie";
    bool is_insecure = session->is_insecure_localhost;
    struct text name = session->cookie;
    struct text begin = {name.at, name.len < 7 ? name.len : 7};

    if (name.at == NULL) {
        if (!is_wrong(settings, path))
            session->cookie = is_insecure ? TEXT(INSECURE_COOKIE) : TEXT(HOST_PREFIX "bff");
        return;
    }
    if (is_insecure && text_starts(name, TEXT("__")))
        settings_complain(settings, path, 0,
                          "browsers take a name with this prefix over https only; with "
                          "insecure_localhost expected a name such as bff");
    else if (!is_insecure && !text_equal(begin, TEXT(HOST_PREFIX)))
        settings_complain(settings, path, 0,
                          "expected a name that begins with __Host-, so that only this host can "
                          "set the cookie");
    else if (!is_insecure && name.len == begin.len)
        settings_complain(settings, path, 0, "expected a name after __Host-");
}

/* Without TLS, everybody on the way could read the cookie. */
static void localhost_check(struct settings *settings)
{
    const struct config *config = settings->config;
    const char *path = "session.insecure_localhost";

    if (!config->session.is_insecure_localhost)
        return;
    settings_warn(settings, path, 0,
                  "the cookie of sessions is sent without TLS; this is for development only");
    for (size_t i = 0; i < config->listen_count; i++)
        if (!address_is_loopback(&config->listens[i])) {
            settings_complain(settings, path, 0,
                              "other machines may reach \"%.100s\" (listen); it is for an address "
                              "such as http://127.0.0.1:8080 only",
                              config->listens[i].text);
            return;
        }
}

static void times_check(struct settings *settings)
{
    const struct session_settings *session = &settings->config->session;
    const char *blamed =
        settings_is_given(settings, "session.idle", 0) ? "session.idle" : "session.absolute";

    if (session->idle_s > session->absolute_s)
        settings_complain(settings, blamed, 0, "idle must not be longer than absolute");
}

static void store_check(struct settings *settings)
{
    const struct config *config = settings->config;

    if (config->session.store == SESSION_STORE_REDIS && !config->redis.is_on &&
        !is_wrong(settings, "redis.url"))
        settings_complain(settings, "session.store", 0,
                          "there is no Redis; expected redis.url, or REDIS_URL");
    if (config->session.store == SESSION_STORE_COOKIE &&
        config->session.max_bytes > config->limits.header_bytes)
        settings_complain(settings, "session.max_bytes", 0,
                          "limits.header_bytes is less, so the cookies would not come back");
}

/* Without TLS a browser drops the cookie. Behind a proxy that this server does not trust, it takes
 * the origin of its own pages for a wrong one. */
static void tls_warn(struct settings *settings)
{
    struct config *config = settings->config;
    const struct session_settings *session = &config->session;

    if (session->is_insecure_localhost || session->origin_count > 0 || config->trusted.count > 0)
        return;
    for (size_t i = 0; i < config->listen_count; i++)
        if (config->listens[i].is_tls)
            return;
    mistakes_add(&config->warnings, &settings_mark(settings, "session", 0)->seen,
                 "session: browsers keep its cookie over https only, and listen has no https "
                 "address. Behind a proxy that ends TLS, set trusted_proxies or session.origins; "
                 "for development on this machine, set session.insecure_localhost: true");
}

static void check(struct settings *settings)
{
    struct config *config = settings->config;
    const struct settings_mark *mark = settings_mark(settings, "session", 0);

    config->session.is_on = mark->is_open;
    if (!mark->is_open)
        return;
    if (config->login_is_off)
        mistakes_add(&config->mistakes, &mark->seen,
                     "session: login is off, so nobody would be asked for one");
    cookie_check(settings);
    localhost_check(settings);
    times_check(settings);
    store_check(settings);
    tls_warn(settings);
}

/* In mock mode a key is made, as a secret is. It ends with the process. */
static void key_make(struct config *config)
{
    unsigned char random[SESSION_KEY_BYTES];
    struct text *key = pool_zero(config->pool, sizeof(*key));
    char hex[2 * SESSION_KEY_BYTES + 1];

    must(RAND_bytes(random, sizeof(random)) == 1);
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(hex + 2 * i, 3, "%02x", random[i]);
    *key = pool_text(config->pool, text_of(hex));
    config->session.keys = key;
    config->session.key_count = 1;
}

static void check_to_serve(struct settings *settings)
{
    struct config *config = settings->config;

    if (!config->session.is_on || config->session.key_count > 0 ||
        is_wrong(settings, "session.keys"))
        return;
    if (config->mock_dir != NULL)
        key_make(config);
    else
        settings_complain(settings, "session.keys", 0,
                          "it is missing. Set the environment variable SESSION_KEY to a secret of "
                          "32 bytes at least, such as openssl rand -hex 32 prints");
}

const struct section section_session = {
    .rows = rows, .check = check, .check_to_serve = check_to_serve};
