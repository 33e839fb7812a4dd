/* Tests of which header fields are passed on to a service, and which are passed back to a
 * client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bff/http/field.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *name;
    bool want;
} names[] = {
    {"Accept", true},
    {"accept-language", true},
    {"Authorization", true},
    {"Cookie", true},
    {"Content-Type", true},
    {"If-None-Match", true},
    {"X-Mock", true},
    {"X-Userland", true},
    {"Hosting", true},
    {"X-Requested-With", true},
    {"Origin", true},
    {"x_user_id", false},
    {"X-User_Id", false},
    {"accept_language", false},
    {"X-User-Id", false},
    {"x-user-role", false},
    {"X-Identity", false},
    {"x-IDENTITY", false},
    {"X_Identity", false},
    {"X-Identity-Of", true},
    {"X-USER-ANYTHING", false},
    {"X-Forwarded-For", false},
    {"x-forwarded-host", false},
    {"X-Forwarded-Proto", false},
    {"X-Forwarded-Prefix", false},
    {"X-API-Key-Name", false},
    {"x_api_key_name", false},
    {"X-Api_Key-NAME", false},
    {"X-API-Key", true},
    {"X.User.Id", false},
    {"x-user.id", false},
    {"X!User-Role", false},
    {"X-API.Key-Name", false},
    {"x.identity", false},
    {"x.request-deadline~ms", false},
    {"x.forwarded.for", false},
    {"X.Tenant", true},
    {"X.Userland", true},
    {"X-Real-IP", false},
    {"X-Request-Deadline-Ms", false},
    {"x_request_deadline_ms", false},
    {"Forwarded", false},
    {"True-Client-IP", false},
    {"CF-Connecting-IP", false},
    {"X-Original-URL", false},
    {"X-Original-Method", false},
    {"X-Rewrite-URL", false},
    {"X-HTTP-Method-Override", false},
    {"Connection", false},
    {"Keep-Alive", false},
    {"Proxy-Connection", false},
    {"Proxy-Authorization", false},
    {"TE", false},
    {"Trailer", false},
    {"Transfer-Encoding", false},
    {"Upgrade", false},
    {"HTTP2-Settings", false},
    {"Host", false},
    {"Content-Length", false},
    {"Expect", false},
    {"Via", false},
    {"X-Request-Id", false},
    {"traceparent", false},
    {"", false},
    {"X A", false},
    {"X:A", false},
    {"X\r\nA", false},
    {"X(A)", false},
    {"caf\xc3\xa9", false},
};

static void test_names(void **state)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (field_may_pass(text_of(names[i].name)) != names[i].want)
            fail_msg("\"%s\"", names[i].name);
    assert_false(field_may_pass((struct text){"a\0b", 3}));
}

/* The whole of what ends at this server in both directions; a name more or less is a decision. */
static const char *const hop_by_hop[] = {"Connection", "Keep-Alive",    "Proxy-Connection",
                                         "TE",         "Trailer",       "Transfer-Encoding",
                                         "upgrade",    "HTTP2-Settings"};

static const struct {
    const char *name;
    bool want;
} returned[] = {
    {"Content-Type", true},
    {"Set-Cookie", true},
    {"ETag", true},
    {"Via", true},
    {"Proxy-Authenticate", false},
    {"proxy-authorization", false},
    {"Proxy-Authentication-Info", false},
    {"Proxy-Status", true},
    {"WWW-Authenticate", true},
    {"x_user_id", true},
    {"X-User-Id", true},
    {"X-Forwarded-For", true},
    {"Host", true},
    {"traceparent", true},
    {"Expect", true},
    {"Dated", true},
    {"", true},
    {"date", false},
    {"Server", false},
    {"Content-Length", false},
    {"X-Request-Id", false},
};

static void test_hop_by_hop(void **state)
{
    for (size_t i = 0; i < COUNT(hop_by_hop); i++) {
        struct text name = text_of(hop_by_hop[i]);
        if (!field_is_hop_by_hop(name) || field_may_pass(name) || field_may_return(name))
            fail_msg("\"%s\"", hop_by_hop[i]);
    }
    assert_false(field_is_hop_by_hop(TEXT("Content-Length")));
    assert_false(field_is_hop_by_hop(TEXT("Proxy-Authorization")));
    assert_false(field_is_hop_by_hop(TEXT("Keep-Aliv")));
    assert_false(field_is_hop_by_hop(TEXT("")));
}

static void test_returned(void **state)
{
    for (size_t i = 0; i < COUNT(returned); i++)
        if (field_may_return(text_of(returned[i].name)) != returned[i].want)
            fail_msg("\"%s\"", returned[i].name);
}

static void test_needed(void **state)
{
    static const struct {
        int status;
        const char *name;
        bool want;
    } cases[] = {
        {426, "Upgrade", true},
        {200, "Upgrade", false},
        {101, "upgrade", false},
        {401, "WWW-Authenticate", true},
        {403, "WWW-Authenticate", false},
        {405, "allow", true},
        {407, "Proxy-Authenticate", false},
        {416, "Content-Range", true},
        {206, "content-range", true},
        {429, "Retry-After", true},
        {503, "Retry-After", true},
        {413, "Retry-After", true},
        {302, "Location", true},
        {308, "Location", true},
        {200, "Location", false},
        {426, "Connection", false},
        {503, "Keep-Alive", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (field_is_needed(cases[i].status, text_of(cases[i].name)) != cases[i].want)
            fail_msg("%d %s", cases[i].status, cases[i].name);
}

static void test_nominated(void **state)
{
    static const struct {
        const char *connection, *name;
        bool want;
    } cases[] = {
        {"close, X-A", "x-a", true}, {"X-A", "x-a", true},    {" X-B ,\tx-a\t", "X-A", true},
        {"close", "x-a", false},     {"", "x-a", false},      {"X-AB", "x-a", false},
        {"X-A Y", "x-a", false},     {",,x-a,", "x-a", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        if (field_is_nominated(text_of(cases[i].connection), text_of(cases[i].name)) !=
            cases[i].want)
            fail_msg("\"%s\"", cases[i].connection);
    assert_false(field_is_nominated((struct text){0}, TEXT("x-a")));
}

static void test_values(void **state)
{
    assert_true(field_is_value(TEXT("a\tb caf\xc3\xa9")));
    assert_true(field_is_value(TEXT("")));
    assert_false(field_is_value(TEXT("a\r\nb: c")));
    assert_false(field_is_value(TEXT("a\nb")));
    assert_false(field_is_value(TEXT("a\0b")));
    assert_false(field_is_value(TEXT("a\x7f")));
}

/* Eight bytes are looked at together: each byte at each place, beside what borrows from it. */
static void test_each_byte_at_each_place(void **state)
{
    for (unsigned c = 0; c < 256; c++) {
        bool is_good = c == '\t' || (c >= 0x20 && c != 0x7f);
        for (size_t at = 0; at < 20; at++) {
            char value[20];
            memset(value, at % 2 == 0 ? 'a' : 0xff, sizeof(value));
            value[at] = (char)c;
            if (field_is_value((struct text){value, sizeof(value)}) != is_good)
                fail_msg("byte %u at %zu", c, at);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_hop_by_hop),
        cmocka_unit_test(test_returned),
        cmocka_unit_test(test_nominated),
        cmocka_unit_test(test_needed),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_each_byte_at_each_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
