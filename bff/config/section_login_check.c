/* See section_login_check.h. */
#include <stdio.h>

#include "bff/config/authorities.h"
#include "bff/config/kind.h"

#include "bff/config/section_login_check.h"

#define PATH_SIZE 128

/* The path of a setting of the part. */
struct path {
    char text[PATH_SIZE];
};

static struct path path_of(const struct section_login_check *about, const char *name)
{
    struct path path;

    snprintf(path.text, sizeof(path.text), "%s.%s", about->prefix, name);
    return path;
}

static bool is_wrong(const struct settings *settings, const struct section_login_check *about,
                     const char *name)
{
    return settings_mark(settings, path_of(about, name).text, about->index)->is_wrong;
}

static void complain(struct settings *settings, const struct section_login_check *about,
                     const char *name, const char *words)
{
    settings_complain(settings, path_of(about, name).text, about->index, "%s", words);
}

/* Returns the first setting of jwks that is given; NULL: none. */
static const char *first_given(const struct settings *settings,
                               const struct section_login_check *about)
{
    static const char *const names[] = {"jwks.discovery", "jwks.refresh", "jwks.min_interval",
                                        "jwks.timeout",   "jwks.stale",   "jwks.ca_file"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (settings_is_given(settings, path_of(about, names[i]).text, about->index))
            return names[i];
    return NULL;
}

/* The owner of the URL could publish the secret of HS* as a key, or a key that is taken for the
 * secret. So nobody has to think about it: the two are never together. */
static void algorithms_check(struct settings *settings, const struct section_login_check *about)
{
    unsigned algorithms = about->login->algorithms;

    if (is_wrong(settings, about, "algorithms"))
        return;
    if ((algorithms & ~JWT_ALL_HS) == 0)
        complain(settings, about, "jwks.url",
                 "nothing uses it: algorithms has none of RS256, ES256 and their like");
    else if ((algorithms & JWT_ALL_HS) != 0)
        complain(settings, about, "jwks.url",
                 "it cannot stand beside HS256, HS384 or HS512, which have a secret; write an "
                 "issuer of its own for the URL, in login.issuers");
}

static void times_check(struct settings *settings, const struct section_login_check *about)
{
    const struct key_source_settings *jwks = &about->login->jwks;

    if (jwks->min_interval_ms > jwks->refresh_ms)
        complain(settings, about,
                 settings_is_given(settings, path_of(about, "jwks.refresh").text, about->index)
                     ? "jwks.refresh"
                     : "jwks.min_interval",
                 "refresh must not be shorter than min_interval");
}

/* A URL of a discovery document is often taken for that of the issuer, or of the keys. */
static void url_check(struct settings *settings, const struct section_login_check *about)
{
    const struct key_source_settings *jwks = &about->login->jwks;
    const char *words = kind_issuer_words(jwks->url);

    if (words != NULL && jwks->is_discovery)
        complain(settings, about, "jwks.url", words);
    else if (strstr(jwks->url.at, "/.well-known/openid-configuration") != NULL)
        complain(settings, about, "jwks.url",
                 "this document names the keys, and has none; expected the URL before "
                 "/.well-known/, with discovery: true");
}

void section_login_check_jwks(struct settings *settings, const struct section_login_check *about)
{
    struct key_source_settings *jwks = &about->login->jwks;
    struct path url = path_of(about, "jwks.url"), file = path_of(about, "jwks.ca_file");
    const struct authorities authorities = {.url_path = url.text,
                                            .file_path = file.text,
                                            .index = about->index,
                                            .url = jwks->url,
                                            .file = jwks->ca_file};

    if (jwks->url.at != NULL) {
        url_check(settings, about);
        algorithms_check(settings, about);
        times_check(settings, about);
    } else if (!is_wrong(settings, about, "jwks.url") && first_given(settings, about) != NULL) {
        complain(settings, about, first_given(settings, about), "it needs jwks.url beside it");
    }
    jwks->trust = authorities_load(settings, &authorities);
}

/* What the callback about a key that is left out needs. */
struct leaving {
    struct settings *settings;
    struct path path;
    size_t index;
};

static void on_left_out(void *cookie, const char *words)
{
    const struct leaving *leaving = cookie;

    settings_warn(leaving->settings, leaving->path.text, leaving->index, "%s, and is left out",
                  words);
}

/* Returns the setting that a mistake in the keys is about. */
static const char *blamed(const struct section_login_check *about)
{
    return about->login->key_file_count > 0 ? "keys" : "algorithms";
}

void section_login_check_keys(struct settings *settings, const struct section_login_check *about)
{
    struct login_settings half = *about->login;
    struct leaving leaving = {settings, path_of(about, "keys"), about->index};
    const char *wrong = NULL;

    half.algorithms &= ~JWT_ALL_HS;
    half.issuer_count = 0;
    half.left_out = on_left_out;
    half.cookie = &leaving;
    if (half.algorithms == 0) {
        if (half.key_file_count > 0)
            complain(settings, about, "keys",
                     "nothing uses them: login.algorithms has none of RS256, ES256 and their like");
        return;
    }
    if (half.jwks.url.at == NULL && is_wrong(settings, about, "jwks.url"))
        return;
    *about->keys = login_new(&half, &wrong);
    if (*about->keys == NULL)
        complain(settings, about, blamed(about), wrong);
    about->login->keys_of = *about->keys;
}
