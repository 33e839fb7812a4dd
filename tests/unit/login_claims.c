/* Tests of the claims, one after the other: which values are accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/edge/login_claims.h"

#include "tests/unit/login_tokens.h"

#define LATER "\"exp\":1700000100"

static struct login_rules rules = {
    .user = {{"id", "sub"}, 2}, .role = {{"role"}, 1}, .leeway_seconds = 30, .require_exp = true};

/* "id role" of the user that ${claims} name, NULL when they are refused. */
static const char *read_user(struct pool *pool, const char *claims, struct login_rules by)
{
    struct login_claims out;

    if (login_claims_read(text_of(claims), &by, pool, &out) != 0 || !login_claims_hold(&out, NOW))
        return NULL;
    return pool_print(pool, "%.*s %.*s", TEXT_ARGS(out.user.id), TEXT_ARGS(out.user.roles)).at;
}

struct claims_case {
    const char *why, *claims, *want; /* NULL: refused */
};

static void run(const struct claims_case *cases, size_t count, struct login_rules by)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < count; i++) {
        const char *got = read_user(pool, cases[i].claims, by);
        if ((got == NULL) != (cases[i].want == NULL) ||
            (got != NULL && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].why, got == NULL ? "refused" : got);
    }
    pool_free(pool);
}

static void test_times(void **state)
{
    static const struct claims_case cases[] = {
        {"not expired", "{\"sub\":\"u\",\"exp\":1700000001}", "u "},
        {"expired within the leeway", "{\"sub\":\"u\",\"exp\":1699999971}", "u "},
        {"expired by the leeway", "{\"sub\":\"u\",\"exp\":1699999970}", NULL},
        {"expired long ago", "{\"sub\":\"u\",\"exp\":0}", NULL},
        {"expired before 1970", "{\"sub\":\"u\",\"exp\":-1700000001}", NULL},
        {"a fraction", "{\"sub\":\"u\",\"exp\":1699999970.5}", "u "},
        {"an exponent", "{\"sub\":\"u\",\"exp\":1.7000001e9}", "u "},
        {"never expires", "{\"sub\":\"u\"}", NULL},
        {"exp is a string", "{\"sub\":\"u\",\"exp\":\"1700000100\"}", NULL},
        {"exp is null", "{\"sub\":\"u\",\"exp\":null}", NULL},
        {"exp is true", "{\"sub\":\"u\",\"exp\":true}", NULL},
        {"exp is a list", "{\"sub\":\"u\",\"exp\":[1700000100]}", NULL},
        {"exp beyond any number", "{\"sub\":\"u\",\"exp\":1e400}", NULL},
        {"exp is no number at all", "{\"sub\":\"u\",\"exp\":NaN}", NULL},
        {"exp is hexadecimal", "{\"sub\":\"u\",\"exp\":0x7fffffff}", NULL},
        {"two exp", "{\"sub\":\"u\",\"exp\":1," LATER "}", NULL},
        {"two exp, one of them written otherwise", "{\"sub\":\"u\",\"\\u0065xp\":1," LATER "}",
         NULL},
        {"an exp that is another name", "{\"sub\":\"u\",\"EXP\":1," LATER "}", "u "},
        {"an exp further in", "{\"sub\":\"u\",\"a\":{\"exp\":1}," LATER "}", "u "},
        {"already valid", "{\"sub\":\"u\",\"nbf\":1700000000," LATER "}", "u "},
        {"valid within the leeway", "{\"sub\":\"u\",\"nbf\":1700000030," LATER "}", "u "},
        {"not yet valid", "{\"sub\":\"u\",\"nbf\":1700000031," LATER "}", NULL},
        {"nbf is a string", "{\"sub\":\"u\",\"nbf\":\"1\"," LATER "}", NULL},
        {"nbf below any number", "{\"sub\":\"u\",\"nbf\":-1e999," LATER "}", NULL},
        {"nbf and iat are null", "{\"sub\":\"u\",\"nbf\":null,\"iat\":null," LATER "}", "u "},
        {"a null before the time", "{\"sub\":\"u\",\"exp\":null," LATER "}", NULL},
        {"two nbf", "{\"sub\":\"u\",\"nbf\":1,\"nbf\":2," LATER "}", NULL},
        {"issued", "{\"sub\":\"u\",\"iat\":1699999999.25," LATER "}", "u "},
        {"iat is a string", "{\"sub\":\"u\",\"iat\":\"now\"," LATER "}", NULL},
    };

    run(cases, COUNT(cases), rules);
}

static void test_no_expiry(void **state)
{
    static const struct claims_case cases[] = {
        {"never expires", "{\"sub\":\"u\"}", "u "},
        {"expires all the same", "{\"sub\":\"u\",\"exp\":1}", NULL},
        {"exp is null", "{\"sub\":\"u\",\"exp\":null}", "u "},
    };
    struct login_rules by = rules;

    by.require_exp = false;
    run(cases, COUNT(cases), by);
}

static void test_issuer_and_audience(void **state)
{
    static const struct claims_case cases[] = {
        {"both", "{\"iss\":\"https://i\",\"aud\":\"web\",\"sub\":\"u\"," LATER "}", "u "},
        {"escaped", "{\"iss\":\"https:\\/\\/i\",\"aud\":\"\\u0077eb\",\"sub\":\"u\"," LATER "}",
         "u "},
        {"among others", "{\"iss\":\"https://i\",\"aud\":[\"a\",\"web\"],\"sub\":\"u\"," LATER "}",
         "u "},
        {"no issuer", "{\"aud\":\"web\",\"sub\":\"u\"," LATER "}", NULL},
        {"another issuer", "{\"iss\":\"https://j\",\"aud\":\"web\",\"sub\":\"u\"," LATER "}", NULL},
        {"a longer issuer", "{\"iss\":\"https://i/\",\"aud\":\"web\",\"sub\":\"u\"," LATER "}",
         NULL},
        {"a list of issuers", "{\"iss\":[\"https://i\"],\"aud\":\"web\",\"sub\":\"u\"," LATER "}",
         NULL},
        {"two issuers",
         "{\"iss\":\"https://i\",\"iss\":\"https://i\",\"aud\":\"web\",\"sub\":\"u\"," LATER "}",
         NULL},
        {"no audience", "{\"iss\":\"https://i\",\"sub\":\"u\"," LATER "}", NULL},
        {"another audience", "{\"iss\":\"https://i\",\"aud\":\"app\",\"sub\":\"u\"," LATER "}",
         NULL},
        {"other audiences", "{\"iss\":\"https://i\",\"aud\":[\"a\",\"b\"],\"sub\":\"u\"," LATER "}",
         NULL},
        {"no audiences", "{\"iss\":\"https://i\",\"aud\":[],\"sub\":\"u\"," LATER "}", NULL},
        {"a number among them",
         "{\"iss\":\"https://i\",\"aud\":[\"web\",1],\"sub\":\"u\"," LATER "}", NULL},
        {"a list in the list",
         "{\"iss\":\"https://i\",\"aud\":[[\"web\"]],\"sub\":\"u\"," LATER "}", NULL},
        {"an object", "{\"iss\":\"https://i\",\"aud\":{\"a\":\"web\"},\"sub\":\"u\"," LATER "}",
         NULL},
        {"iss is null", "{\"iss\":null,\"aud\":\"web\",\"sub\":\"u\"," LATER "}", NULL},
        {"aud is null", "{\"iss\":\"https://i\",\"aud\":null,\"sub\":\"u\"," LATER "}", NULL},
        {"two audiences",
         "{\"iss\":\"https://i\",\"aud\":\"web\",\"aud\":\"web\",\"sub\":\"u\"," LATER "}", NULL},
    };
    char issuer[] = "https://i", audience[] = "web";
    struct login_rules by = rules;

    by.issuer = issuer;
    by.audience = audience;
    run(cases, COUNT(cases), by);
}

static void test_nobody_asks(void **state)
{
    static const struct claims_case cases[] = {
        {"anyone's", "{\"iss\":\"a\",\"aud\":\"b\",\"sub\":\"u\"," LATER "}", "u "},
        {"for many", "{\"aud\":[\"b\"],\"sub\":\"u\"," LATER "}", "u "},
        {"iss is a number", "{\"iss\":1,\"sub\":\"u\"," LATER "}", NULL},
        {"both are null", "{\"iss\":null,\"aud\":null,\"sub\":\"u\"," LATER "}", "u "},
        {"a null among the audiences", "{\"aud\":[null],\"sub\":\"u\"," LATER "}", NULL},
    };

    run(cases, COUNT(cases), rules);
}

static const struct claims_case users[] = {
    {"an id", "{\"id\":\"u7\",\"role\":\"staff\"," LATER "}", "u7 staff"},
    {"an id before a subject", "{\"sub\":\"s\",\"id\":\"i\"," LATER "}", "i "},
    {"an id of digits", "{\"id\":12345678901234567890," LATER "}", "12345678901234567890 "},
    {"an id below 0", "{\"id\":-7," LATER "}", "-7 "},
    {"an id with an escape", "{\"id\":\"a\\u0062\"," LATER "}", "ab "},
    {"spaces inside", "{\"id\":\"a b\",\"role\":\"c d\"," LATER "}", "a b c d"},
    {"an empty role", "{\"id\":\"a\",\"role\":\"\"," LATER "}", "a "},
    {"nobody", "{\"role\":\"staff\"," LATER "}", NULL},
    {"an empty id", "{\"id\":\"\",\"sub\":\"s\"," LATER "}", NULL},
    {"id is null", "{\"id\":null,\"sub\":\"s\"," LATER "}", "s "},
    {"all are null", "{\"id\":null,\"sub\":null," LATER "}", NULL},
    {"a null id and an id", "{\"id\":null,\"id\":\"a\"," LATER "}", NULL},
    {"id is a fraction", "{\"id\":1.5," LATER "}", NULL},
    {"id has an exponent", "{\"id\":1e3," LATER "}", NULL},
    {"id is true", "{\"id\":true," LATER "}", NULL},
    {"id is a list", "{\"id\":[\"a\"]," LATER "}", NULL},
    {"id is an object", "{\"id\":{}," LATER "}", NULL},
    {"two ids", "{\"id\":\"a\",\"id\":\"b\"," LATER "}", NULL},
    {"two subjects", "{\"sub\":\"a\",\"sub\":\"a\"," LATER "}", NULL},
    {"two roles", "{\"id\":\"a\",\"role\":\"user\",\"role\":\"admin\"," LATER "}", NULL},
    {"a second role, written otherwise",
     "{\"id\":\"a\",\"role\":\"user\",\"\\u0072ole\":\"admin\"," LATER "}", NULL},
    {"role is null", "{\"id\":\"a\",\"role\":null," LATER "}", "a "},
    {"a null role and a role", "{\"id\":\"a\",\"role\":null,\"role\":\"b\"," LATER "}", NULL},
    {"role is an object", "{\"id\":\"a\",\"role\":{\"b\":\"c\"}," LATER "}", NULL},
    {"role is false", "{\"id\":\"a\",\"role\":false," LATER "}", NULL},
    {"a comma in a role", "{\"id\":\"a\",\"role\":\"user,admin\"," LATER "}", NULL},
    {"role is a number", "{\"id\":\"a\",\"role\":1," LATER "}", NULL},
    {"a line's end in an id", "{\"id\":\"a\\r\\nX-User-Role: admin\"," LATER "}", NULL},
    {"a line's end in a role", "{\"id\":\"a\",\"role\":\"b\\nc\"," LATER "}", NULL},
    {"a NUL in an id", "{\"id\":\"a\\u0000b\"," LATER "}", NULL},
    {"a tab in an id", "{\"id\":\"a\\tb\"," LATER "}", NULL},
    {"DEL in an id", "{\"id\":\"a\x7f\"," LATER "}", NULL},
    {"an id beyond ASCII", "{\"id\":\"Z\xc3\xbcrich\"," LATER "}", NULL},
    {"a space first", "{\"id\":\" a\"," LATER "}", NULL},
    {"a space last", "{\"id\":\"a \"," LATER "}", NULL},
    {"a role with a space last", "{\"id\":\"a\",\"role\":\"admin \"," LATER "}", NULL},
};

static void test_users(void **state) { run(users, COUNT(users), rules); }

static const struct {
    const char *why, *role, *want; /* NULL: refused */
} role_lists[] = {
    {"one", "[\"admin\"]", "admin"},
    {"two", "[\"b\",\"a\"]", "b,a"},
    {"repeated ones", "[\"b\",\"a\",\"b\",\"b\",\"a\",\"c\"]", "b,a,c"},
    {"one written in two ways", "[\"a\",\"\\u0061\"]", "a"},
    {"one that begins like another", "[\"admins\",\"admin\",\"adm\"]", "admins,admin,adm"},
    {"two cases of one", "[\"Admin\",\"admin\"]", "Admin,admin"},
    {"spaces inside", "[\"shop keeper\",\"staff\"]", "shop keeper,staff"},
    {"white space around", "[ \"a\" ,\n\"b\" ]", "a,b"},
    {"none", "[]", ""},
    {"an empty one", "[\"\",\"a\",\"\"]", "a"},
    {"a comma", "[\"a,admin\"]", NULL},
    {"a comma that is escaped", "[\"a\\u002cadmin\"]", NULL},
    {"only a comma", "[\",\"]", NULL},
    {"a line end", "[\"a\",\"b\\r\\nX-User-Id: c\"]", NULL},
    {"a NUL", "[\"a\\u0000\"]", NULL},
    {"DEL", "[\"a\x7f\"]", NULL},
    {"a tab inside", "[\"a\\tb\"]", NULL},
    {"a space first", "[\"a\",\" b\"]", NULL},
    {"a space last", "[\"a \"]", NULL},
    {"only a space", "[\" \"]", NULL},
    {"beyond ASCII", "[\"k\xc3\xb6nig\"]", NULL},
    {"a number", "[\"a\",1]", NULL},
    {"a null", "[\"a\",null]", NULL},
    {"a list in the list", "[[\"a\"]]", NULL},
    {"an object in the list", "[{\"a\":\"b\"}]", NULL},
};

static void test_roles(void **state)
{
    struct pool *pool = pool_new();

    for (size_t i = 0; i < COUNT(role_lists); i++) {
        const char *claims =
            pool_print(pool, "{\"id\":\"u\",\"role\":%s," LATER "}", role_lists[i].role).at;
        const char *got = read_user(pool, claims, rules);
        if ((got == NULL) != (role_lists[i].want == NULL) ||
            (got != NULL && strcmp(got + 2, role_lists[i].want) != 0))
            fail_msg("%s: %s", role_lists[i].why, got == NULL ? "refused" : got);
    }
    pool_free(pool);
}

/* The claims of Keycloak, Auth0 and Cognito. */
static const struct claims_case other_claims[] = {
    {"in an object", "{\"sub\":\"u\",\"realm_access\":{\"roles\":[\"a\",\"b\"]}," LATER "}",
     "u a,b"},
    {"the id does not count", "{\"id\":\"i\",\"sub\":\"u\"," LATER "}", "u "},
    {"the role does not count", "{\"sub\":\"u\",\"role\":\"admin\"," LATER "}", "u "},
    {"only an id", "{\"id\":\"i\"," LATER "}", NULL},
    {"a null object", "{\"sub\":\"u\",\"realm_access\":null," LATER "}", "u "},
    {"an empty object", "{\"sub\":\"u\",\"realm_access\":{}," LATER "}", "u "},
    {"a null in it", "{\"sub\":\"u\",\"realm_access\":{\"roles\":null}," LATER "}", "u "},
    {"no object", "{\"sub\":\"u\",\"realm_access\":\"admin\"," LATER "}", NULL},
    {"a list", "{\"sub\":\"u\",\"realm_access\":[{\"roles\":[\"a\"]}]," LATER "}", NULL},
    {"two objects",
     "{\"sub\":\"u\",\"realm_access\":{},\"realm_access\":{\"roles\":[\"a\"]}," LATER "}", NULL},
    {"two in the object",
     "{\"sub\":\"u\",\"realm_access\":{\"roles\":[],\"roles\":[\"a\"]}," LATER "}", NULL},
    {"a name with a dot", "{\"sub\":\"u\",\"realm_access.roles\":\"a\"," LATER "}", "u a"},
    {"both: the longer name",
     "{\"sub\":\"u\",\"realm_access\":{\"roles\":\"b\"},\"realm_access.roles\":\"a\"," LATER "}",
     "u a"},
    {"two of the shorter name",
     "{\"sub\":\"u\",\"realm_access.roles\":\"a\",\"realm_access\":1,\"realm_access\":2," LATER "}",
     NULL},
    {"the second name", "{\"sub\":\"u\",\"https://shop.example/roles\":[\"c\"]," LATER "}", "u c"},
    {"both names: the first",
     "{\"sub\":\"u\",\"https://shop.example/"
     "roles\":\"c\",\"realm_access\":{\"roles\":\"a\"}," LATER "}",
     "u a"},
    {"the first is null",
     "{\"sub\":\"u\",\"https://shop.example/"
     "roles\":\"c\",\"realm_access\":{\"roles\":null}," LATER "}",
     "u c"},
    {"an object below a name with a dot",
     "{\"sub\":\"u\",\"https://shop\":{\"example/roles\":\"d\"}," LATER "}", "u d"},
};

static void test_other_claims(void **state)
{
    struct login_rules by = rules;

    by.user = (struct login_paths){{"sub"}, 1};
    by.role = (struct login_paths){{"realm_access.roles", "https://shop.example/roles"}, 2};
    run(other_claims, COUNT(other_claims), by);
    struct pool *pool = pool_new();
    by.user = (struct login_paths){{"who.a.b"}, 1};
    assert_string_equal(read_user(pool, "{\"who\":{\"a\":{\"b\":7}}," LATER "}", by), "7 ");
    pool_free(pool);
}

static void test_split_roles(void **state)
{
    static const struct claims_case cases[] = {
        {"words", "{\"id\":\"u\",\"role\":\"user admin user\"," LATER "}", "u user,admin"},
        {"spaces alone", "{\"id\":\"u\",\"role\":\"  \"," LATER "}", "u "},
        {"more spaces", "{\"id\":\"u\",\"role\":\" a  b \"," LATER "}", "u a,b"},
        {"a list of them", "{\"id\":\"u\",\"role\":[\"a b\",\"c\"]," LATER "}", "u a,b,c"},
        {"a comma", "{\"id\":\"u\",\"role\":\"a b,c\"," LATER "}", NULL},
        {"a tab", "{\"id\":\"u\",\"role\":\"a\\tb\"," LATER "}", NULL},
    };
    struct login_rules by = rules;

    by.splits_roles = true;
    run(cases, COUNT(cases), by);
}

static void test_no_claims(void **state)
{
    static const struct claims_case cases[] = {
        {"nothing", "", NULL},
        {"a list", "[]", NULL},
        {"a string", "\"u\"", NULL},
        {"null", "null", NULL},
        {"a token in a token", "eyJhbGciOiJIUzI1NiJ9.e30.cw", NULL},
        {"not JSON", "{'sub':'u'}", NULL},
        {"more behind it", "{\"sub\":\"u\"," LATER "} x", NULL},
        {"bytes that are no UTF-8", "{\"sub\":\"u\",\"a\":\"\xc0\xaf\"," LATER "}", NULL},
    };

    run(cases, COUNT(cases), rules);
}

static void test_long_texts(void **state)
{
    static const struct {
        const char *name;
        size_t len;
        bool want;
    } cases[] = {{"id", 256, true}, {"id", 257, false}, {"role", 256, true}, {"role", 257, false}};
    struct pool *pool = pool_new();
    char letters[258];

    memset(letters, 'a', sizeof(letters));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text claims = pool_print(pool, "{\"%s\":\"%.*s\",\"sub\":\"u\"," LATER "}",
                                        cases[i].name, (int)cases[i].len, letters);
        assert_int_equal(read_user(pool, claims.at, rules) != NULL, cases[i].want);
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_no_expiry),
        cmocka_unit_test(test_issuer_and_audience),
        cmocka_unit_test(test_nobody_asks),
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_split_roles),
        cmocka_unit_test(test_other_claims),
        cmocka_unit_test(test_no_claims),
        cmocka_unit_test(test_long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
