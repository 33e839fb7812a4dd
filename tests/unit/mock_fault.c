/* Tests of the header X-Mock: what it means for a service, and which values are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixtures/mock_fault.h"

static const struct {
    const char *why, *header;
    struct mock_fault want;
} accepted[] = {
    {"empty", "", {0}},
    {"only separators", " ; ,; ", {0}},
    {"a delay in milliseconds", "reviews delay=500ms", {.has_delay = true, .delay_ms = 500}},
    {"a delay in seconds", "reviews delay=2s", {.has_delay = true, .delay_ms = 2000}},
    {"the longest delay", "reviews delay=600s", {.has_delay = true, .delay_ms = 600000}},
    {"a status", "reviews status=503", {.status = 503}},
    {"the first and the last status", "users status=100; reviews status=599", {.status = 599}},
    {"reset", "reviews reset", {.end = MOCK_END_RESET}},
    {"hang", "reviews hang", {.end = MOCK_END_HANG}},
    {"truncate", "reviews truncate", {.end = MOCK_END_TRUNCATE}},
    {"bad-json", "reviews bad-json", {.body = MOCK_BODY_BAD_JSON}},
    {"html", "reviews html", {.body = MOCK_BODY_HTML}},
    {"large", "reviews large", {.body = MOCK_BODY_LARGE}},
    {"redirect", "reviews redirect", {.body = MOCK_BODY_REDIRECT}},
    {"another's clause", "orders hang; users status=500", {0}},
    {"between others' clauses", "orders hang; reviews reset; users html", {.end = MOCK_END_RESET}},
    {"words combine",
     "reviews delay=10ms status=502 html truncate",
     {.has_delay = true,
      .delay_ms = 10,
      .status = 502,
      .body = MOCK_BODY_HTML,
      .end = MOCK_END_TRUNCATE}},
    {"two clauses for one service",
     "reviews delay=1ms; reviews reset",
     {.has_delay = true, .delay_ms = 1, .end = MOCK_END_RESET}},
    {"fields that were joined by a comma", "users hang, reviews status=500", {.status = 500}},
    {"white space as one likes", "\t reviews   status=500\t;", {.status = 500}},
};

static const struct {
    const char *why, *header, *says;
} refused[] = {
    {"no such service", "catalog hang", "'catalog'"},
    {"names are lower case", "Reviews hang", "'Reviews'"},
    {"no word", "reviews", "missing"},
    {"unknown word", "reviews explode", "'explode'"},
    {"unknown word for another service", "users explode", "'explode'"},
    {"delay without a unit", "reviews delay=500", "delay=500"},
    {"delay without a number", "reviews delay=ms", "delay=ms"},
    {"delay that is negative", "reviews delay=-5ms", "delay=-5ms"},
    {"delay with a fraction", "reviews delay=0.5s", "delay=0.5s"},
    {"delay that is too long", "reviews delay=601s", "delay=601s"},
    {"delay that is beyond every number", "reviews delay=99999999999999999999s", "600s"},
    {"delay without a value", "reviews delay", "'delay'"},
    {"status too low", "reviews status=099", "status=099"},
    {"status too high", "reviews status=600", "status=600"},
    {"status that is a word", "reviews status=bad", "status=bad"},
    {"two delays", "reviews delay=1s delay=2s", "second"},
    {"two statuses", "reviews status=500; reviews status=404", "second"},
    {"two ends", "reviews hang reset", "contradicts"},
    {"two bodies", "reviews html large", "contradicts"},
    {"bytes that JSON would have to escape", "reviews a\"b\\c", "'a?b?c'"},
};

static void means_what_it_says(void **state)
{
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        const struct mock_fault *want = &accepted[i].want;
        struct mock_fault fault = {0};
        char error[256] = "";
        int failed =
            mock_fault_read(text_of(accepted[i].header), "reviews", &fault, error, sizeof(error));
        if (failed || fault.has_delay != want->has_delay || fault.delay_ms != want->delay_ms ||
            fault.status != want->status || fault.body != want->body || fault.end != want->end)
            fail_msg("%s: %s %s", accepted[i].why, accepted[i].header, error);
    }
}

static void refuses_and_says_why(void **state)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct mock_fault fault = {0};
        char error[256] = "";
        int failed =
            mock_fault_read(text_of(refused[i].header), "reviews", &fault, error, sizeof(error));
        if (!failed || strstr(error, refused[i].says) == NULL)
            fail_msg("%s: %s: '%s'", refused[i].why, refused[i].header, error);
    }
}

static void a_second_field_adds_to_the_first(void **state)
{
    struct mock_fault fault = {0};
    char error[256];

    assert_int_equal(mock_fault_read(TEXT("users delay=1s"), "users", &fault, error, 256), 0);
    assert_int_equal(mock_fault_read(TEXT("users reset"), "users", &fault, error, 256), 0);
    assert_int_equal(fault.delay_ms, 1000);
    assert_int_equal(fault.end, MOCK_END_RESET);
    assert_int_equal(mock_fault_read(TEXT("users hang"), "users", &fault, error, 256), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_what_it_says),
        cmocka_unit_test(refuses_and_says_why),
        cmocka_unit_test(a_second_field_adds_to_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
