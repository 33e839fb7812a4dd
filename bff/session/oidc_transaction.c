/* See oidc_transaction.h. */
#include "bff/base/sha256.h"
#include "bff/base/text_builder.h"
#include "bff/session/oidc_form.h"
#include "bff/session/session.h"
#include "bff/token/jwt_base64.h"

#include "bff/session/oidc_transaction.h"

#define SUFFIX_CHARS 16

enum { PROVIDER, STATE, NONCE, VERIFIER, REDIRECT, RETURN, BEGAN, PARAM_COUNT };

void oidc_transaction_random(struct oidc_transaction *transaction, struct pool *pool)
{
    transaction->state = session_new_id(pool);
    transaction->nonce = session_new_id(pool);
    transaction->verifier = session_new_id(pool);
}

struct text oidc_transaction_challenge(struct text verifier, struct pool *pool)
{
    unsigned char hash[SHA256_BYTES];

    sha256_of(verifier, hash);
    return jwt_base64_encode(pool, (struct text){(const char *)hash, sizeof(hash)});
}

struct text oidc_transaction_suffix(struct text state, struct pool *pool)
{
    return (struct text){oidc_transaction_challenge(state, pool).at, SUFFIX_CHARS};
}

struct text oidc_transaction_seal(const struct oidc_transaction *transaction,
                                  const struct session_seal *seal, struct text name,
                                  struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 512);
    oidc_form_add(&out, "p", transaction->provider);
    oidc_form_add(&out, "s", transaction->state);
    oidc_form_add(&out, "n", transaction->nonce);
    oidc_form_add(&out, "v", transaction->verifier);
    oidc_form_add(&out, "u", transaction->redirect_uri);
    oidc_form_add(&out, "r", transaction->return_url);
    oidc_form_add(&out, "t", pool_print(pool, "%lld", (long long)transaction->began_s));
    return session_seal_close(seal, name, text_builder_text(&out), pool);
}

static int read(struct text content, struct pool *pool, struct oidc_transaction *out)
{
    struct oidc_param params[PARAM_COUNT] = {
        [PROVIDER] = {"p", {0}}, [STATE] = {"s", {0}},    [NONCE] = {"n", {0}},
        [VERIFIER] = {"v", {0}}, [REDIRECT] = {"u", {0}}, [RETURN] = {"r", {0}},
        [BEGAN] = {"t", {0}},
    };
    uint64_t began;

    if (oidc_form_read(content, pool, params, PARAM_COUNT) != 0)
        return -1;
    for (int i = 0; i < PARAM_COUNT; i++)
        if (params[i].value.at == NULL)
            return -1;
    if (text_number(params[BEGAN].value, INT64_MAX / 2, &began) != 0)
        return -1;
    *out = (struct oidc_transaction){
        .provider = params[PROVIDER].value,
        .state = params[STATE].value,
        .nonce = params[NONCE].value,
        .verifier = params[VERIFIER].value,
        .redirect_uri = params[REDIRECT].value,
        .return_url = params[RETURN].value,
        .began_s = (int64_t)began,
    };
    return 0;
}

int oidc_transaction_open(const struct session_seal *seal, struct text name, struct text value,
                          int64_t now_s, struct pool *pool, struct oidc_transaction *out)
{
    struct text content;

    if (session_seal_open(seal, name, value, pool, &content) != 0 || read(content, pool, out) != 0)
        return -1;
    return now_s - out->began_s < OIDC_TRANSACTION_S && out->began_s - now_s < OIDC_TRANSACTION_S
               ? 0
               : -1;
}

/* The cookies of a browser. */

struct found {
    struct text suffix;
    int64_t began_s; /* 0: it is over, or cannot be opened */
};

static bool read_cookie(struct text piece, struct text prefix, const struct session_seal *seal,
                        int64_t now_s, struct pool *pool, struct found *out)
{
    struct text value = text_trim(piece), name = text_cut(&value, '=');
    struct oidc_transaction transaction;

    if (!text_starts(name, prefix) || value.at == NULL)
        return false;
    *out = (struct found){.suffix = {name.at + prefix.len, name.len - prefix.len}};
    if (oidc_transaction_open(seal, name, value, now_s, pool, &transaction) == 0)
        out->began_s = transaction.began_s;
    return true;
}

static size_t oldest(const struct found *found, size_t count)
{
    size_t at = 0;

    for (size_t i = 1; i < count; i++)
        if (found[i].began_s < found[at].began_s)
            at = i;
    return at;
}

size_t oidc_transaction_excess(const struct session_seal *seal, const struct session_cookie *cookie,
                               struct text field, int64_t now_s, struct pool *pool,
                               struct text *suffixes, size_t most)
{
    struct text prefix = session_cookie_login_name(cookie, TEXT(""), pool);
    struct found found[2 * OIDC_TRANSACTION_MOST];
    size_t count = 0, excess = 0;

    while (field.at != NULL && count < sizeof(found) / sizeof(found[0]))
        count += read_cookie(text_cut(&field, ';'), prefix, seal, now_s, pool, &found[count]);
    while (count > 0 && excess < most) {
        size_t at = oldest(found, count);
        if (found[at].began_s != 0 && count < OIDC_TRANSACTION_MOST)
            break;
        suffixes[excess++] = found[at].suffix;
        found[at] = found[--count];
    }
    return excess;
}
