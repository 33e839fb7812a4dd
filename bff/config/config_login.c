/* See config_login.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/file.h"
#include "bff/config/config_login.h"

#define SECRET_MAX ((size_t)8192) /* bytes of a secret's file */
#define SENTENCE_SIZE 1024

static void complain(struct settings *settings, const char *path, const char *words)
{
    settings_complain(settings, settings_row(path), 0, words);
}

static const struct place *place_of(struct settings *settings, const char *path)
{
    return &settings_mark(settings, settings_row(path), 0)->place;
}

static bool is_wrong(struct settings *settings, const char *path)
{
    return settings_mark(settings, settings_row(path), 0)->is_wrong;
}

/* Editors end a file with a line end, which nobody means. */
static struct text line_end_cut(struct text text)
{
    if (text.len > 0 && text.at[text.len - 1] == '\n')
        text.len--;
    if (text.len > 0 && text.at[text.len - 1] == '\r')
        text.len--;
    return text;
}

static void secret_file_read(struct settings *settings)
{
    struct config *config = settings->config;
    char *bytes = pool_take(config->pool, SECRET_MAX + 1), sentence[SENTENCE_SIZE];
    ssize_t len = file_read(config->secret_file, bytes, SECRET_MAX);

    config->login.secret = line_end_cut((struct text){bytes, len < 0 ? 0 : (size_t)len});
    if (len < 0)
        snprintf(sentence, sizeof(sentence), "\"%.200s\" cannot be read: %s", config->secret_file,
                 strerror(errno));
    else if ((size_t)len > SECRET_MAX)
        snprintf(sentence, sizeof(sentence), "\"%.200s\" is larger than 8 KiB",
                 config->secret_file);
    else if (config->login.secret.len == 0)
        snprintf(sentence, sizeof(sentence), "\"%.200s\" is empty", config->secret_file);
    else
        return;
    config->login.secret = (struct text){0};
    complain(settings, "login.secret_file", sentence);
}

/* Returns the row that the secret is from, NULL when there is none or it is wrong. */
static const char *secret_choose(struct settings *settings)
{
    struct config *config = settings->config;
    const struct place *secret = place_of(settings, "login.secret");
    const struct place *file = place_of(settings, "login.secret_file");
    bool is_of_file = secret->source == NULL || (file->source != NULL && file->line < secret->line);

    if (config->secret_file == NULL)
        return config->login.secret.at == NULL ? NULL : "login.secret";
    if (secret->source != NULL && (file->line > 0) == (secret->line > 0)) {
        complain(settings, "login.secret_file",
                 "the secret itself is given beside it; expected one of the two");
        return NULL;
    }
    if (!is_of_file)
        return "login.secret";
    secret_file_read(settings);
    return config->login.secret.at == NULL ? NULL : "login.secret_file";
}

static void half_check(struct settings *settings, const struct login_settings *half,
                       const char *path)
{
    const char *wrong = NULL;
    struct login *login = login_new(half, &wrong);

    if (login == NULL)
        complain(settings, path, wrong);
    login_free(login);
}

/* Where the secret stands has been said; that it is missing has no place. */
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
        complain(settings, from, "nothing uses it: login.algorithms has no HS256, HS384 or HS512");
    if (half.algorithms == 0)
        return;
    if (from != NULL)
        half_check(settings, &half, from);
    else if (settings->config->mock_dir == NULL)
        complain(settings, "login.secret",
                 "it is missing. Set the environment variable JWT_SECRET, or JWT_SECRET_FILE to "
                 "the name of a file that holds it; to try things out with mock services, start "
                 "with --mock DIR, and a secret is made");
}

static void keys_check(struct settings *settings)
{
    struct login_settings half = settings->config->login;
    bool has_keys = half.key_file_count > 0;

    half.algorithms &= ~JWT_ALL_HS;
    if (half.algorithms != 0)
        half_check(settings, &half, has_keys ? "login.keys" : "login.algorithms");
    else if (has_keys)
        complain(settings, "login.keys",
                 "nothing uses them: login.algorithms has none of RS256, ES256 and their like");
}

void config_login_check(struct settings *settings)
{
    if (settings->config->login_is_off || is_wrong(settings, "login") ||
        is_wrong(settings, "login.algorithms"))
        return;
    if (!is_wrong(settings, "login.secret") && !is_wrong(settings, "login.secret_file"))
        secret_check(settings);
    if (!is_wrong(settings, "login.keys"))
        keys_check(settings);
}
