/* Tests of the login at the mock services, with the accounts of this project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/json/json.h"
#include "fixtures/mock_auth.h"
#include "fixtures/mock_token.h"

#define WITH(more) "{\"email\":\"ada.nowak@mail.example\",\"password\":\"ada-loves-tea\"," more "}"
#define ADA "{\"email\":\"ada.nowak@mail.example\",\"password\":\"ada-loves-tea\"}"

static struct mock_data *data;
static struct pool *pool;
static struct mock_auth auth;

static struct mock_answer ask(const char *method, const char *target, const char *body)
{
    struct mock_question question = {.service = MOCK_USERS,
                                     .method = text_of(method),
                                     .target = text_of(target),
                                     .body = text_of(body)};

    return mock_auth_answer(&auth, &question, pool);
}

static const struct {
    const char *why, *method, *target, *body;
    int status;
    const char *error; /* NULL: none */
} cases[] = {
    {"a customer", "POST", "/auth/login", ADA, 200, NULL},
    {"with a query", "POST", "/auth/login?from=app", ADA, 200, NULL},
    {"a wrong password", "POST", "/auth/login",
     "{\"email\":\"ada.nowak@mail.example\",\"password\":\"tea\"}", 401, "Invalid credentials"},
    {"nobody", "POST", "/auth/login", "{\"email\":\"x\",\"password\":\"\"}", 401,
     "Invalid credentials"},
    {"half of it", "POST", "/auth/login", "{\"email\":\"ada.nowak@mail.example\"}", 400,
     "Bad request"},
    {"a number", "POST", "/auth/login", "{\"email\":\"x\",\"password\":7}", 400, "Bad request"},
    {"no object", "POST", "/auth/login", "[]", 400, "Bad request"},
    {"no JSON", "POST", "/auth/login", ADA "}", 400, "Bad request"},
    {"no body", "POST", "/auth/login", NULL, 400, "Bad request"},
    {"for a minute", "POST", "/auth/login", WITH("\"expiresIn\":60"), 200, NULL},
    {"for no time", "POST", "/auth/login", WITH("\"expiresIn\":0"), 400, "Bad request"},
    {"for too long", "POST", "/auth/login", WITH("\"expiresIn\":86401"), 400, "Bad request"},
    {"for a while", "POST", "/auth/login", WITH("\"expiresIn\":\"a while\""), 400, "Bad request"},
    {"by a key", "POST", "/auth/login", WITH("\"algorithm\":\"ES256\""), 200, NULL},
    {"by another key", "POST", "/auth/login", WITH("\"algorithm\":\"RS256\""), 400, "Bad request"},
    {"the keys", "GET", "/.well-known/jwks.json", NULL, 200, NULL},
    {"changing the keys", "POST", "/.well-known/jwks.json", NULL, 405, "Method not allowed"},
    {"reading where keys are made", "GET", "/auth/keys", NULL, 405, "Method not allowed"},
    {"another method", "GET", "/auth/login", NULL, 405, "Method not allowed"},
    {"a wrong refresh token", "POST", "/auth/refresh", "{\"refreshToken\":\"x\"}", 401,
     "Invalid refresh token"},
    {"no refresh token", "POST", "/auth/refresh", "{}", 400, "Bad request"},
    {"registering", "POST", "/auth/register", ADA, 404, "Not found"},
};

static void who_may_log_in(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mock_answer answer = ask(cases[i].method, cases[i].target, cases[i].body);
        struct text error = json_text(json_get(json_of(answer.begin), "error"), pool);
        if (answer.status != cases[i].status || !text_equal(error, text_of(cases[i].error)))
            fail_msg("%s: %d %.*s", cases[i].why, answer.status, TEXT_ARGS(answer.begin));
    }
}

static void an_answer_has_tokens_and_a_user(void **state)
{
    struct mock_answer answer = ask("POST", "/auth/login", ADA);
    struct json body = json_of(answer.begin), user = json_get(body, "user");

    assert_true(text_is(answer.cache, "no-store"));
    assert_true(text_starts(json_text(json_get(body, "token"), pool), TEXT("eyJhbGciOiJIUzI1NiI")));
    assert_true(text_is(json_raw(json_get(body, "expiresIn")), "3600"));
    assert_true(text_is(json_raw(user), "{\"id\":\"u1\",\"role\":\"customer\"}"));
}

static struct mock_answer refresh(struct text token)
{
    struct text asked = pool_print(pool, "{\"refreshToken\":\"%.*s\"}", TEXT_ARGS(token));

    return ask("POST", "/auth/refresh", asked.at);
}

static struct text member(struct mock_answer answer, const char *name)
{
    return json_text(json_get(json_of(answer.begin), name), pool);
}

static void a_refresh_token_gives_new_ones(void **state)
{
    struct mock_answer first = ask("POST", "/auth/login", WITH("\"expiresIn\":60"));
    struct mock_answer next = refresh(member(first, "refreshToken"));
    struct json user = json_get(json_of(next.begin), "user");

    assert_int_equal(next.status, 200);
    assert_true(text_is(json_text(json_get(user, "id"), pool), "u1"));
    assert_true(text_is(json_raw(json_get(json_of(next.begin), "expiresIn")), "60"));
    assert_int_equal(refresh(member(next, "refreshToken")).status, 200);
    assert_int_equal(refresh(member(first, "refreshToken")).status, 401);
    assert_int_equal(refresh(member(next, "refreshToken")).status, 401);
}

/* The set with which a token can be checked, while keys change. tests/peers checks the signature.
 */
static void a_key_that_signs_is_in_the_set(void **state)
{
    for (int i = 1; i <= 3; i++) {
        struct text token =
            member(ask("POST", "/auth/login", WITH("\"algorithm\":\"ES256\"")), "token");
        struct text header, set = ask("GET", "/.well-known/jwks.json", NULL).begin;
        assert_int_equal(mock_token_decode(text_cut(&token, '.'), pool, &header), 0);
        struct text kid = json_text(json_get(json_of(header), "kid"), pool);
        struct json keys = json_get(json_of(set), "keys");
        assert_true(text_equal(kid, pool_print(pool, "mock-%d", i)));
        assert_int_equal(json_length(keys), i == 1 ? 1 : 2);
        assert_true(text_equal(json_text(json_get(json_item(keys, 0), "kid"), pool), kid));
        assert_int_equal(ask("POST", "/auth/keys", NULL).status, 200);
    }
}

static void without_a_secret_nobody_logs_in(void **state)
{
    struct text secret = auth.secret;

    auth.secret = (struct text){0};
    assert_int_equal(ask("POST", "/auth/login", ADA).status, 503);
    assert_int_equal(ask("POST", "/auth/refresh", "{}").status, 503);
    auth.secret = secret;
}

static void an_account_is_a_users(void **state)
{
    size_t count = 0;

    for (const struct mock_account *at = auth.accounts; at != NULL; at = at->next, count++) {
        const struct mock_row *row = mock_data_find(data, MOCK_USERS, at->id);
        assert_non_null(row);
        struct json user = json_of(row->record);
        assert_true(text_equal(json_text(json_get(user, "email"), pool), at->email));
        assert_true(text_equal(json_text(json_get(user, "role"), pool), at->role));
    }
    assert_int_equal(count, 3);
}

static int load(void **state)
{
    char error[512];

    pool = pool_new();
    data = mock_data_load(SOURCE_DIR "/fixtures", error, sizeof(error));
    if (data == NULL)
        return 1;
    auth = (struct mock_auth){.accounts = mock_data_accounts(data),
                              .secret = TEXT("hush"),
                              .refresh = mock_refresh_new(),
                              .key = mock_key_new()};
    return 0;
}

static int unload(void **state)
{
    mock_refresh_free(auth.refresh);
    mock_key_free(auth.key);
    mock_data_free(data);
    pool_free(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_log_in),
        cmocka_unit_test(an_answer_has_tokens_and_a_user),
        cmocka_unit_test(a_refresh_token_gives_new_ones),
        cmocka_unit_test(a_key_that_signs_is_in_the_set),
        cmocka_unit_test(without_a_secret_nobody_logs_in),
        cmocka_unit_test(an_account_is_a_users),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
