/* Tests of how Accept chooses the form of a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bff/compose/page_format.h"

static const struct {
    const char *accept;
    enum page_format want;
} cases[] = {
    {NULL, PAGE_FORMAT_JSON},
    {"", PAGE_FORMAT_JSON},
    {"*/*", PAGE_FORMAT_JSON},
    {"application/*", PAGE_FORMAT_JSON},
    {"text/*", PAGE_FORMAT_JSON},
    {"multipart/*;q=1, */*;q=0.1", PAGE_FORMAT_JSON},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PAGE_FORMAT_JSON},
    {"application/json", PAGE_FORMAT_JSON},

    {"application/x-ndjson", PAGE_FORMAT_LINES},
    {"text/event-stream", PAGE_FORMAT_EVENTS},
    {"multipart/mixed", PAGE_FORMAT_PARTS},
    {"Text/Event-Stream", PAGE_FORMAT_EVENTS},
    {"multipart/mixed;deferSpec=20220824", PAGE_FORMAT_PARTS},
    {" application/x-ndjson ; charset=utf-8 ; q=0.5 ", PAGE_FORMAT_LINES},
    {"application/x-ndjsonx", PAGE_FORMAT_JSON},

    /* The larger weight. */
    {"application/x-ndjson;q=0.9, application/json", PAGE_FORMAT_JSON},
    {"application/x-ndjson, application/json;q=0.9", PAGE_FORMAT_LINES},
    {"application/x-ndjson;q=0.5, text/event-stream;q=0.6", PAGE_FORMAT_EVENTS},
    {"application/x-ndjson;q=0.5, */*;q=0.6", PAGE_FORMAT_JSON},
    {"application/x-ndjson;q=0.5, */*;q=0.4", PAGE_FORMAT_LINES},
    {"application/x-ndjson;q=0.5, */*;q=0.6, application/*;q=0.4", PAGE_FORMAT_LINES},

    /* The same weight. */
    {"application/x-ndjson, application/json", PAGE_FORMAT_JSON},
    {"application/json, application/x-ndjson", PAGE_FORMAT_JSON},
    {"application/x-ndjson, */*", PAGE_FORMAT_LINES},
    {"*/*, application/x-ndjson", PAGE_FORMAT_LINES},
    {"text/event-stream, multipart/mixed", PAGE_FORMAT_EVENTS},
    {"multipart/mixed, text/event-stream", PAGE_FORMAT_PARTS},

    /* Not wanted, or malformed. */
    {"application/x-ndjson;q=0", PAGE_FORMAT_JSON},
    {"application/x-ndjson;q=0, text/event-stream;q=0.001", PAGE_FORMAT_EVENTS},
    {"application/json;q=0, application/x-ndjson;q=0.1", PAGE_FORMAT_LINES},
    {"application/x-ndjson;q=2", PAGE_FORMAT_JSON},
    {"application/x-ndjson;q=", PAGE_FORMAT_JSON},
    {",,;q=1,", PAGE_FORMAT_JSON},
};

static void accept_chooses_the_form(void **state)
{
    int wrong = 0;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum page_format got = page_format_choose(text_of(cases[i].accept));
        if (got == cases[i].want)
            continue;
        print_error("%s: %d, not %d\n", cases[i].accept, (int)got, (int)cases[i].want);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accept_chooses_the_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
