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
    {"clauses of parts", "part:orders explode; reviews reset, part:", {.end = MOCK_END_RESET}},
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
    {"done", "reviews done reset", {.is_done = true, .end = MOCK_END_RESET}},
    {"some times", "reviews status=500 times=2", {.status = 500, .times = 2}},
    {"for its method", "reviews POST status=500", {.status = 500}},
    {"for another method", "reviews GET hang; reviews DELETE status=500", {0}},
    {"for each method its own", "reviews GET hang; reviews POST reset", {.end = MOCK_END_RESET}},
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
    {"no times", "reviews reset times=0", "times=0"},
    {"too many times", "reviews reset times=1001", "times=1001"},
    {"two numbers of times", "reviews times=1 times=2", "second"},
    {"only a method", "reviews POST", "missing"},
    {"a method behind a word", "reviews reset POST", "'POST'"},
    {"a method that nobody has", "reviews BREW reset", "'BREW'"},
    {"a wrong word for another method", "reviews GET explode", "'explode'"},
    {"bytes that JSON would have to escape", "reviews a\"b\\c", "'a?b?c'"},
};

/* As a POST reads it. */
static int read(const char *header, const char *service, struct mock_fault *fault, char *error,
                size_t error_size)
{
    struct mock_fault_request request = {service, TEXT("POST")};

    return mock_fault_read(text_of(header), &request, fault, error, error_size);
}

static void means_what_it_says(void **state)
{
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        const struct mock_fault *want = &accepted[i].want;
        struct mock_fault fault = {0};
        char error[256] = "";
        int failed = read(accepted[i].header, "reviews", &fault, error, sizeof(error));
        if (failed || fault.has_delay != want->has_delay || fault.delay_ms != want->delay_ms ||
            fault.status != want->status || fault.body != want->body || fault.end != want->end ||
            fault.is_done != want->is_done || fault.times != want->times)
            fail_msg("%s: %s %s", accepted[i].why, accepted[i].header, error);
    }
}

static void refuses_and_says_why(void **state)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct mock_fault fault = {0};
        char error[256] = "";
        int failed = read(refused[i].header, "reviews", &fault, error, sizeof(error));
        if (!failed || strstr(error, refused[i].says) == NULL)
            fail_msg("%s: %s: '%s'", refused[i].why, refused[i].header, error);
    }
}

static void a_second_field_adds_to_the_first(void **state)
{
    struct mock_fault fault = {0};
    char error[256];

    assert_int_equal(read("users delay=1s", "users", &fault, error, 256), 0);
    assert_int_equal(read("users reset", "users", &fault, error, 256), 0);
    assert_int_equal(fault.delay_ms, 1000);
    assert_int_equal(fault.end, MOCK_END_RESET);
    assert_int_equal(read("users hang", "users", &fault, error, 256), -1);
}

static const struct {
    const char *header;
    bool is_before;
} orders[] = {
    {"", false},
    {"reviews delay=1s", false},
    {"reviews truncate", false},
    {"reviews large", false},
    {"reviews status=202", false},
    {"reviews status=500", true},
    {"reviews reset", true},
    {"reviews hang", true},
    {"reviews html", true},
    {"reviews bad-json", true},
    {"reviews redirect", true},
    {"reviews done reset", false},
    {"reviews status=500 done", false},
};

static void without_done_nothing_changes_when_the_answer_is_replaced(void **state)
{
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct mock_fault fault = {0};
        char error[256];
        assert_int_equal(read(orders[i].header, "reviews", &fault, error, sizeof(error)), 0);
        if (mock_fault_prevents_change(&fault) != orders[i].is_before)
            fail_msg("%s", orders[i].header);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_what_it_says),
        cmocka_unit_test(refuses_and_says_why),
        cmocka_unit_test(without_done_nothing_changes_when_the_answer_is_replaced),
        cmocka_unit_test(a_second_field_adds_to_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
