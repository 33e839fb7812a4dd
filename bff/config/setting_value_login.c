/* Algorithms, secrets and key files of tokens. */
#include <stdio.h>

#include "bff/config/suggest.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"

#include "bff/config/kind.h"

/* What it is worth is for login_new to say; here nothing may show it. */
static int secret_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    if (*text != '\0')
        return 0;
    snprintf(wrong->words, sizeof(wrong->words), "the secret is empty");
    return -1;
}

static void secret_set(const struct setting *row, struct config *config, void *member,
                       const struct settings_values *values)
{
    *(struct text *)member = pool_text(config->pool, text_of(values->texts[0]));
}

static int algorithm_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    const char *names[JWT_ALGORITHM_COUNT];
    enum jwt_algorithm algorithm;
    char words[128] = "expected HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384 or ES512";

    if (jwt_algorithm_of(text_of(text), &algorithm) == 0)
        return 0;
    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++)
        names[i] = jwt_algorithm_name((enum jwt_algorithm)i);
    const char *near = suggest_name(text_of(text), names, JWT_ALGORITHM_COUNT);
    if (strcmp(text, "none") == 0)
        snprintf(words, sizeof(words), "tokens without a signature are never taken");
    else if (near != NULL)
        snprintf(words, sizeof(words), "unknown algorithm; did you mean \"%s\"?", near);
    return setting_judge(wrong, text, words);
}

static void algorithms_set(const struct setting *row, struct config *config, void *member,
                           const struct settings_values *values)
{
    unsigned bits = 0;

    for (size_t i = 0; i < values->count; i++) {
        enum jwt_algorithm algorithm;
        must(jwt_algorithm_of(text_of(values->texts[i]), &algorithm) == 0);
        bits |= JWT_BIT(algorithm);
    }
    *(unsigned *)member = bits;
}

static void key_files_set(const struct setting *row, struct config *config, void *member,
                          const struct settings_values *values)
{
    const char **files = pool_zero(config->pool, values->count * sizeof(*files));

    for (size_t i = 0; i < values->count; i++) {
        char *name = setting_file_name(config, values->texts[i], &values->places[i]);
        files[i] = pool_text(config->pool, text_of(name)).at;
        memory_free(name);
    }
    config->login.key_files = files;
    config->login.key_file_count = values->count;
}

static int key_file_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_file.check(row, text, wrong);
}

const struct setting_kind setting_secret = {secret_check, secret_set, false, false};
const struct setting_kind setting_algorithms = {algorithm_check, algorithms_set, true, false};
const struct setting_kind setting_key_files = {key_file_check, key_files_set, true, false};
