/* Tokens: what they are signed with, the files with keys, and the claims that are read. See
 * kind.h. */
#include <stdio.h>

#include "bff/base/suggest.h"
#include "bff/token/jwt_path.h"

#include "bff/config/kind.h"

/* Algorithms of the standards (RFC 7518, RFC 8812, RFC 9864) that this server does not have. No
 * algorithm is suggested in the place of one of them. */
static bool is_of_another_kind(const char *text)
{
    static const char *const names[] = {"ES256K", "Ed25519", "Ed448"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_nocase(text_of(text), text_of(names[i])))
            return true;
    return false;
}

static void algorithm_refuse(struct settings_input *input, size_t which)
{
    const char *text = input->values->texts[which], *names[JWT_ALGORITHM_COUNT];
    char words[KIND_SENTENCE_SIZE] = "expected ";
    size_t len = strlen(words);

    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++) {
        const char *before = i == 0 ? "" : i + 1 == JWT_ALGORITHM_COUNT ? " or " : ", ";
        names[i] = jwt_algorithm_name((enum jwt_algorithm)i);
        len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s", before, names[i]);
    }
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
    struct login_settings *login = input->member;

    for (size_t i = 0; i < count; i++)
        files[i] = kind_file_name(input, i);
    if (input->is_wrong)
        return;
    login->key_files = files;
    login->key_file_count = count;
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

static void member_read(struct settings_input *input)
{
    const char *words = claim_words(input->text);

    if (words != NULL)
        settings_refuse_value(input, 0, "expected the name of a member, such as data.token");
    else
        *(const char **)input->member = pool_text(input->config->pool, text_of(input->text)).at;
}

static void token_type_read(struct settings_input *input)
{
    static const char *const words[] = {
        [LOGIN_TYPE_ANY] = "any", [LOGIN_TYPE_AT_JWT] = "at+jwt", [LOGIN_TYPE_AT_JWT + 1] = NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum login_type *)input->member = (enum login_type)which;
}

const struct settings_kind kind_algorithms = {.read = algorithms_read, .is_list = true};
const struct settings_kind kind_claims = {.read = claims_read, .is_list = true};
const struct settings_kind kind_member = {.read = member_read};
const struct settings_kind kind_key_files = {.read = key_files_read, .is_list = true};
const struct settings_kind kind_token_type = {.read = token_type_read};
