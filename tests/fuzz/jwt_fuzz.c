/*
 * Any bytes as an Authorization field, as a token's header, or as claims with a good signature: no
 * crash, no user that could not be a header, and the same verdict with a cache, twice.
 */
#include "bff/edge/login.h"

#include "tests/unit/login_tokens.h"

static struct login *login;
static struct login_cache *cache; /* one for all: making one costs more than a token */

static void make_login(void)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256");
    struct pool *pool = pool_new();
    const char *files[] = {file_with(pool, pem_of(pool, rsa)), file_with(pool, pem_of(pool, ec))};
    struct login_settings settings = {
        .algorithms = JWT_ALL_HS | JWT_ALL_RS | JWT_BIT(JWT_ES256),
        .secret = TEXT(SECRET),
        .key_files = files,
        .key_file_count = COUNT(files),
        .leeway_seconds = LOGIN_LEEWAY_SECONDS,
        .require_exp = true,
    };
    const char *wrong;

    login = login_new(&settings, &wrong);
    must(login != NULL);
    cache = login_cache_new(login);
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(files[i]);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    pool_free(pool);
}

static void check_value(struct text value, bool may_be_empty)
{
    must(value.at != NULL && value.len <= LOGIN_CLAIM_MAX && (may_be_empty || value.len > 0));
    for (size_t i = 0; i < value.len; i++)
        must(value.at[i] >= ' ' && value.at[i] <= '~');
}

static void check(struct pool *pool, struct text value)
{
    struct login_request request = {&value, 1, NOW, pool};
    struct login_user user, again;
    enum login_verdict verdict = login_check(login, NULL, &request, &user);

    must(verdict != LOGIN_AMBIGUOUS);
    if (verdict == LOGIN_OK) {
        check_value(user.id, false);
        check_value(user.role, true);
    }
    for (int i = 0; i < 2; i++) {
        must(login_check(login, cache, &request, &again) == verdict);
        must(text_equal(user.id, again.id) && text_equal(user.role, again.role));
    }
}

/* Signed with the secret, whatever the header says. */
static struct text bearer(struct pool *pool, const char *header, const char *claims)
{
    struct text token = token_by_secret(pool, JWT_HS256, TEXT(SECRET), header, claims);

    return pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (login == NULL)
        make_login();
    if (size == 0)
        return 0;
    struct pool *pool = pool_new();
    struct text bytes = pool_text(pool, (struct text){(const char *)data + 1, size - 1});
    if (data[0] == 'c')
        check(pool, bearer(pool, "{\"alg\":\"HS256\"}", bytes.at));
    else if (data[0] == 'h')
        check(pool, bearer(pool, bytes.at, "{\"sub\":\"u\",\"exp\":1700000100}"));
    else
        check(pool, bytes);
    pool_free(pool);
    return 0;
}
