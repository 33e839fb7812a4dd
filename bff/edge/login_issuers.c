/* See login_issuers.h. */
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"

#include "bff/edge/login_issuers.h"

/* Each check returns 0, or -1 and fills ${wrong}. */

/* The issuer without a name of another login is at place 0, and so is a named one that is alone. */
static const struct login_issuer *keys_of(const struct login_settings *settings)
{
    return settings->keys_of == NULL ? NULL : &settings->keys_of->issuers[0];
}

/* Says of which issuer the mistake is. */
static int complain(const struct login_settings *settings, char wrong[LOGIN_ISSUER_WRONG])
{
    char words[LOGIN_ISSUER_WRONG];

    if (settings->name == NULL)
        return -1;
    snprintf(words, sizeof(words), "issuer %.64s: %.400s", settings->name, wrong);
    snprintf(wrong, LOGIN_ISSUER_WRONG, "%s", words);
    return -1;
}

/* No two issuers may have the same iss: only one of them could be chosen. */
static int add_issuer(struct login *login, const struct login_settings *settings,
                      char wrong[LOGIN_ISSUER_WRONG])
{
    struct login_issuer *issuer = &login->issuers[login->count++];

    if (login_issuer_init(issuer, settings, keys_of(settings), wrong) != 0)
        return complain(settings, wrong);
    login->algorithms |= issuer->algorithms;
    for (size_t i = 0; i + 1 < login->count; i++) {
        const char *other = login->issuers[i].rules.issuer, *own = issuer->rules.issuer;
        if (own == NULL || other == NULL || strcmp(own, other) != 0)
            continue;
        snprintf(wrong, LOGIN_ISSUER_WRONG, "another issuer has the same iss");
        return complain(settings, wrong);
    }
    return 0;
}

int login_issuers_make(struct login *login, const struct login_settings *settings,
                       char wrong[LOGIN_ISSUER_WRONG])
{
    login->issuers = memory_new((settings->issuer_count + 1) * sizeof(*login->issuers));
    if ((settings->algorithms != 0 || settings->issuer_count == 0) &&
        add_issuer(login, settings, wrong) != 0)
        return -1;
    for (size_t i = 0; i < settings->issuer_count; i++) {
        must(settings->issuers[i].name != NULL && settings->issuers[i].issuer != NULL);
        if (add_issuer(login, &settings->issuers[i], wrong) != 0)
            return -1;
    }
    return 0;
}

void login_issuers_free(struct login *login)
{
    for (size_t i = 0; i < login->count; i++)
        login_issuer_dispose(&login->issuers[i]);
    memory_free(login->issuers);
}
