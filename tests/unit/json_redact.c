/* Tests of the redaction of secrets, as tables of a text and what is left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bff/json/json_redact.h"
#include "bff/json/json_scan.h"

#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl"

static struct pool *pool;
static const struct json_redact *redact;

static int begin(void **state)
{
    static const struct text more[] = {{"e-mail", 6}, {"PIN", 3}};

    pool = pool_new();
    redact = json_redact_new(pool, more, 2);
    return 0;
}

static int end(void **state)
{
    pool_free(pool);
    return 0;
}

struct row {
    const char *why, *input, *want;
};

static void check(const struct row *row, struct text got)
{
    if (!text_is(got, row->want))
        fail_msg("%s: got %.*s, want %s", row->why, TEXT_ARGS(got), row->want);
}

static const struct row bodies[] = {
    {"nothing", "{\"a\" : [1, \"x\\u0041\"]}", "{\"a\" : [1, \"x\\u0041\"]}"},
    {"a member", "{\"password\":\"p\",\"a\":1}", "{\"password\":\"[redacted]\",\"a\":1}"},
    {"in depth", "[{\"a\":{\"token\" : 5 }}]", "[{\"a\":{\"token\":\"[redacted]\" }}]"},
    {"a container", "{\"secret\":{\"a\":[1,\"}\"]},\"b\":2}",
     "{\"secret\":\"[redacted]\",\"b\":2}"},
    {"other spellings", "{\"Access_Token\":1,\"API-Key\":2}",
     "{\"Access_Token\":\"[redacted]\",\"API-Key\":\"[redacted]\"}"},
    {"an escaped name", "{\"pass\\u0077ord\":\"p\"}", "{\"pass\\u0077ord\":\"[redacted]\"}"},
    {"a word of a name", "{\"user.password\":1,\"user[token]\":2}",
     "{\"user.password\":\"[redacted]\",\"user[token]\":\"[redacted]\"}"},
    {"an end of a name", "{\"newPassword\":1,\"csrf_token\":2,\"x-auth-token\":3,\"sessionId\":4}",
     "{\"newPassword\":\"[redacted]\",\"csrf_token\":\"[redacted]\","
     "\"x-auth-token\":\"[redacted]\",\"sessionId\":\"[redacted]\"}"},
    {"no word", "{\"passwords\":1,\"tokens\":2}", "{\"passwords\":1,\"tokens\":2}"},
    {"own names", "{\"email\":1,\"pin\":2}", "{\"email\":\"[redacted]\",\"pin\":\"[redacted]\"}"},
    {"a value that is a name", "[\"password\",\"x\"]", "[\"password\",\"x\"]"},
    {"a signed token", "[\"a " JWT " b\"]", "[\"a [redacted] b\"]"},
    {"an escaped one", "[\"\\u0065yJh.eyJ.c\"]", "[\"[redacted]\"]"},
    {"as a name", "{\"" JWT "\":1}", "{\"[redacted]\":1}"},
    {"two parts are none", "[\"eyJh.eyJ\"]", "[\"eyJh.eyJ\"]"},
    {"JSON in a string", "[\"{\\\"password\\\":\\\"p\\\"}\"]",
     "[\"{\\\"password\\\":\\\"[redacted]\\\"}\"]"},
    {"a URL in a string", "[\"/x?a=1&token=abc&b=2\"]", "[\"/x?a=1&token=[redacted]&b=2\"]"},
    {"a header in a string", "[\"authorization: Basic dTpw, x\"]",
     "[\"authorization: [redacted]\"]"},
    {"a bearer", "[\"Bearer abc def\"]", "[\"Bearer [redacted] def\"]"},
    {"a scalar", "\"x\"", "\"x\""},
    {"an empty name", "{\"\":1}", "{\"\":1}"},
    {"lines", "{\"token\":\"t\"}\n{\"a\":1,\"sid\":5}\n",
     "{\"token\":\"[redacted]\"}\n{\"a\":1,\"sid\":\"[redacted]\"}\n"},
    {"events", "data: {\"cvv\":{\"a\":\"}\"},\"b\":1}\n\n",
     "data: {\"cvv\":\"[redacted]\",\"b\":1}\n\n"},
    {"cut JSON", "{\"password\":\"p", "{\"password\":\"[redacted]\""},
    {"a form", "user=u&password=a%20b&x=1", "user=u&password=[redacted]&x=1"},
    {"a form with an encoded name", "%70assword=p&x", "%70assword=[redacted]&x"},
    {"a head", "Cookie: a=b; sid=x\r\nAccept: y\r\n", "Cookie: [redacted]\r\nAccept: y\r\n"},
    {"encoded blanks", "a%20token=abc", "a%20token=[redacted]"},
    {"a name with blanks", "{\"pass word \":1}", "{\"pass word \":\"[redacted]\"}"},
    {"a user of a URL", "[\"https://u:p@h/x@y\",\"db://u@p@h\"]",
     "[\"https://[redacted]@h/x@y\",\"db://[redacted]@h\"]"},
    {"a URL without one", "[\"https://h/a@b\",\"x://\",\"://@\"]",
     "[\"https://h/a@b\",\"x://\",\"://@\"]"},
    {"a URL at the end", "see ftp://u:p@", "see ftp://[redacted]@"},
    {"an element", "<a><password>p</password><n:token>t</n:token><b>1</b></a>",
     "<a><password>[redacted]</password><n:token>[redacted]</n:token><b>1</b></a>"},
    {"an element with attributes", "<apiKey a=\"1\">k</apiKey><apiKey/>",
     "<apiKey a=\"1\">[redacted]</apiKey><apiKey/>"},
    {"an empty element", "<token></token><token", "<token></token><token"},
    {"no text", "", ""},
};

static void test_bodies(void **state)
{
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        check(&bodies[i], json_redact_body(redact, text_of(bodies[i].input), pool));
}

static const struct row targets[] = {
    {"nothing", "/users/42?a=b%20c&d", "/users/42?a=b%20c&d"},
    {"a parameter", "/x?token=abc&y=1", "/x?token=[redacted]&y=1"},
    {"an encoded one", "/x?%74oken=abc", "/x?%74oken=[redacted]"},
    {"an empty one", "/x?token=&a", "/x?token=&a"},
    {"in brackets", "/x?user[password]=p&user%5Btoken%5D=t",
     "/x?user[password]=[redacted]&user%5Btoken%5D=[redacted]"},
    {"a token in the path", "/verify/" JWT "/x", "/verify/[redacted]/x"},
    {"an encoded token", "/v/%65yJh.eyJ.c?a=%65yJh.eyJ.c", "/v/[redacted]?a=[redacted]"},
    {"a parameter of the path", "/x;sid=5/y", "/[redacted]/y"},
    {"a URL in a parameter", "/x?to=%2Fy%3Ftoken%3Dabc", "/x?to=[redacted]"},
    {"a bad percent", "/x?token=%zz&a=%", "/x?token=[redacted]&a=%"},
};

static void test_targets(void **state)
{
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
        check(&targets[i], json_redact_target(redact, text_of(targets[i].input), pool));
    assert_null(json_redact_query(redact, (struct text){0}, pool).at);
}

/* The name before the value may have any length. */
static void test_a_long_name_is_not_in_the_list(void **state)
{
    static char body[1000];

    memset(body, 'a', sizeof(body));
    memcpy(body + sizeof(body) - 3, "=x", 3);
    assert_string_equal(json_redact_text(redact, text_of(body), pool).at, body);
}

static void test_deep_json_is_redacted(void **state)
{
    static char body[9000];
    size_t depth = 3000;

    memset(body, '[', depth);
    strcpy(body + depth, "{\"token\":\"secret-value\"}");
    memset(body + strlen(body), ']', depth);
    struct text got = json_redact_body(redact, text_of(body), pool);
    assert_null(memmem(got.at, got.len, "secret-value", 12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_a_long_name_is_not_in_the_list),
        cmocka_unit_test(test_deep_json_is_redacted),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
