/* Measures the processor time of checking a token: a token that the cache knows, and a token that
 * it does not know. This is a benchmark and not a test: build it with -O2. */
#include <time.h>

#include "bff/edge/login.h"

#include "tests/unit/login_tokens.h"

#define CLAIMS                                                                                     \
    "{\"iss\":\"https://login.example/\",\"aud\":\"web\",\"sub\":\"a1b2c3d4\",\"role\":\"user\","  \
    "\"name\":\"Ada Example\",\"iat\":1699999000,\"exp\":1700000100}"

static struct login *login;
static struct login_cache *cache;

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

static void check_once(struct login_cache *with, struct text value, enum login_verdict want)
{
    struct pool *pool = pool_new();
    struct login_request request = {&value, 1, NOW, NULL, pool};
    struct login_user user;

    must(login_check(login, with, &request, &user) == want);
    pool_free(pool);
}

/* The best of some runs, in microseconds of processor time for a check. */
static double cost(struct login_cache *with, struct text value, enum login_verdict want)
{
    int times = with == NULL ? 500 : 20000;
    double best = 1e9;

    for (int run = 0; run < 10; run++) {
        double begin = now_us();
        for (int i = 0; i < times; i++)
            check_once(with, value, want);
        double each = (now_us() - begin) / times;
        best = each < best ? each : best;
    }
    return best;
}

static void measure(struct pool *pool, enum jwt_algorithm algorithm, EVP_PKEY *key)
{
    const char *header = header_of(pool, algorithm);
    struct text token = key == NULL ? token_by_secret(pool, algorithm, TEXT(SECRET), header, CLAIMS)
                                    : token_by_key(pool, algorithm, key, header, CLAIMS);
    struct text value = pool_print(pool, "Bearer %.*s", TEXT_ARGS(token));
    char *changed = pool_take(pool, value.len);

    /* Somewhere in the signature: refused as late as can be. */
    memcpy(changed, value.at, value.len);
    changed[value.len - 10] = changed[value.len - 10] == 'A' ? 'B' : 'A';
    printf("%s  %4zu bytes  seen before %5.2f us   first seen %6.1f us   bad %6.1f us\n",
           jwt_algorithm_name(algorithm), token.len, cost(cache, value, LOGIN_OK),
           cost(NULL, value, LOGIN_OK), cost(NULL, (struct text){changed, value.len}, LOGIN_BAD));
}

int main(void)
{
    struct pool *pool = pool_new();
    EVP_PKEY *keys[] = {NULL, EVP_RSA_gen(2048), EVP_EC_gen("P-256"), EVP_EC_gen("P-384"),
                        EVP_EC_gen("P-521")};
    static const enum jwt_algorithm algorithms[] = {JWT_HS256, JWT_RS256, JWT_ES256, JWT_ES384,
                                                    JWT_ES512};
    const char *files[4], *wrong;
    struct login_settings settings = {
        .algorithms = JWT_ALL_HS | JWT_ALL_RS | JWT_ALL_ES,
        .secret = TEXT(SECRET),
        .key_files = files,
        .key_file_count = COUNT(files),
        .issuer = "https://login.example/",
        .audience = "web",
        .require_exp = true,
    };

    for (size_t i = 0; i < COUNT(files); i++)
        files[i] = file_with(pool, pem_of(pool, keys[i + 1]));
    login = login_new(&settings, &wrong);
    must(login != NULL);
    cache = login_cache_hold(login, 0);
    for (size_t i = 0; i < COUNT(files); i++)
        unlink(files[i]);
    for (size_t i = 0; i < COUNT(keys); i++)
        measure(pool, algorithms[i], keys[i]);
    return 0;
}
