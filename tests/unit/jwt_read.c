/* Tests of which tokens can be parsed. No key is used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/token/jwt.h"
#include "bff/token/jwt_base64.h"

#include "tests/unit/login_tokens.h"

static void test_base64(void **state)
{
    static const struct {
        const char *why, *text, *want; /* NULL: refused */
    } cases[] = {
        {"nothing", "", ""},
        {"one byte", "YQ", "a"},
        {"two bytes", "YWI", "ab"},
        {"three bytes", "YWJj", "abc"},
        {"the alphabet's last two", "-_-_", "\xfb\xff\xbf"},
        {"padding", "YQ==", NULL},
        {"padding of two bytes", "YWI=", NULL},
        {"one digit too many", "YWJjY", NULL},
        {"unused bits of one byte", "YR", NULL},
        {"unused bits of two bytes", "YWJ", NULL},
        {"the other alphabet's plus", "+_-_", NULL},
        {"the other alphabet's slash", "-/-_", NULL},
        {"a space", "YWJ ", NULL},
        {"a line's end", "YWJj\nYWJj", NULL},
        {"beyond ASCII", "YWJ\xc3", NULL},
    };
    struct pool *pool = pool_new();
    struct text bytes;

    for (size_t i = 0; i < COUNT(cases); i++) {
        int status = jwt_base64_decode(pool, text_of(cases[i].text), &bytes);
        if ((status == 0) != (cases[i].want != NULL) ||
            (status == 0 && !text_is(bytes, cases[i].want)))
            fail_msg("%s", cases[i].why);
    }
    pool_free(pool);
}

static const struct {
    const char *why, *header;
    bool want;
} headers_cases[] = {
    {"the least", "{\"alg\":\"HS256\"}", true},
    {"the other one allowed", "{\"alg\":\"RS256\"}", true},
    {"with a type", "{\"typ\":\"JWT\",\"alg\":\"HS256\"}", true},
    {"white space", " { \"alg\" : \"HS256\" }\n", true},
    {"an escape in a value", "{\"alg\":\"HS\\u0032\\u00356\"}", true},
    {"b64 as it always is", "{\"alg\":\"HS256\",\"b64\":true}", true},
    {"keys that are not used",
     "{\"alg\":\"HS256\",\"jku\":\"https://a\",\"x5u\":\"https://a\",\"jwk\":{},\"x5c\":[]}", true},
    {"one not allowed", "{\"alg\":\"HS384\"}", false},
    {"none", "{\"alg\":\"none\"}", false},
    {"none in another case", "{\"alg\":\"nOnE\"}", false},
    {"one in another case", "{\"alg\":\"hs256\"}", false},
    {"one with a space", "{\"alg\":\"HS256 \"}", false},
    {"one with a NUL", "{\"alg\":\"HS256\\u0000\"}", false},
    {"one that we do not know", "{\"alg\":\"PS256\"}", false},
    {"an empty one", "{\"alg\":\"\"}", false},
    {"no algorithm", "{\"typ\":\"JWT\"}", false},
    {"a list of them", "{\"alg\":[\"HS256\"]}", false},
    {"null", "{\"alg\":null}", false},
    {"two", "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", false},
    {"two that differ", "{\"alg\":\"none\",\"alg\":\"HS256\"}", false},
    {"a name with an escape", "{\"\\u0061lg\":\"HS256\"}", true},
    {"two, one with an escape", "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}", false},
    {"crit with an escape", "{\"alg\":\"HS256\",\"cri\\u0074\":[\"exp\"]}", false},
    {"crit", "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}", false},
    {"an empty crit", "{\"alg\":\"HS256\",\"crit\":[]}", false},
    {"crit that is null", "{\"alg\":\"HS256\",\"crit\":null}", false},
    {"unencoded claims", "{\"alg\":\"HS256\",\"b64\":false}", false},
    {"b64 that is no boolean", "{\"alg\":\"HS256\",\"b64\":\"true\"}", false},
    {"a kid that is a number", "{\"alg\":\"HS256\",\"kid\":1}", false},
    {"two kids", "{\"alg\":\"HS256\",\"kid\":\"a\",\"kid\":\"b\"}", false},
    {"a list", "[\"alg\",\"HS256\"]", false},
    {"a string", "\"HS256\"", false},
    {"nothing", "", false},
    {"more behind it", "{\"alg\":\"HS256\"}{}", false},
    {"a comma too many", "{\"alg\":\"HS256\",}", false},
    {"bytes that are no UTF-8", "{\"alg\":\"HS256\",\"typ\":\"\xff\"}", false},
    {"a byte order mark", "\xef\xbb\xbf{\"alg\":\"HS256\"}", false},
};

static void test_headers(void **state)
{
    struct pool *pool = pool_new();
    struct jwt jwt;

    for (size_t i = 0; i < COUNT(headers_cases); i++) {
        struct text token = with_signature(
            pool, unsigned_token(pool, headers_cases[i].header, "{}"), encoded_string(pool, "s"));
        int status = jwt_read(token, JWT_BIT(JWT_HS256) | JWT_BIT(JWT_RS256), pool, &jwt);
        if ((status == 0) != headers_cases[i].want)
            fail_msg("%s", headers_cases[i].why);
    }
    pool_free(pool);
}

/* Of the header {"alg":"HS256"} and the claims {}. */
#define HEADER "eyJhbGciOiJIUzI1NiJ9"
#define CLAIMS "e30"

static void test_segments(void **state)
{
    static const struct {
        const char *why, *token;
        bool want;
    } cases[] = {
        {"three", HEADER "." CLAIMS ".cw", true},
        {"no signature's bytes", HEADER "." CLAIMS ".", true},
        {"two", HEADER "." CLAIMS, false},
        {"one", HEADER, false},
        {"four", HEADER "." CLAIMS ".cw.cw", false},
        {"an empty fourth", HEADER "." CLAIMS ".cw.", false},
        {"five, as encrypted ones have", HEADER "." CLAIMS ".cw.cw.cw", false},
        {"an empty header", "." CLAIMS ".cw", false},
        {"nothing", "", false},
        {"dots", "..", false},
        {"padding in the header", HEADER "=." CLAIMS ".cw", false},
        {"padding in the claims", HEADER "." CLAIMS "=.cw", false},
        {"padding in the signature", HEADER "." CLAIMS ".cw==", false},
        {"unused bits in the claims", HEADER ".e31.cw", false},
        {"unused bits in the signature", HEADER "." CLAIMS ".cx", false},
        {"a space before it", " " HEADER "." CLAIMS ".cw", false},
        {"a space behind it", HEADER "." CLAIMS ".cw ", false},
        {"a comma and another one", HEADER "." CLAIMS ".cw,b", false},
    };
    struct pool *pool = pool_new();
    struct jwt jwt;

    for (size_t i = 0; i < COUNT(cases); i++)
        if ((jwt_read(text_of(cases[i].token), JWT_ALL_HS, pool, &jwt) == 0) != cases[i].want)
            fail_msg("%s", cases[i].why);
    pool_free(pool);
}

static void test_parts(void **state)
{
    struct pool *pool = pool_new();
    struct text what = unsigned_token(pool, "{\"alg\":\"ES384\",\"kid\":\"a\\/b\"}", "{\"x\":1}");
    struct text token = with_signature(pool, what, encoded_string(pool, "signature"));
    struct jwt jwt;

    assert_int_equal(jwt_read(token, JWT_ALL_ES, pool, &jwt), 0);
    assert_int_equal(jwt.algorithm, JWT_ES384);
    assert_true(text_is(jwt.kid, "a/b"));
    assert_true(text_equal(jwt.signed_bytes, what));
    assert_true(text_is(jwt.signature, "signature"));
    assert_true(text_is(jwt.claims, "{\"x\":1}"));
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
