/* Tests of writing to the log from several threads: from one that has its own ring, and from
 * others. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/log.h"

#define EVENTS 1000
#define TIME_LEN (sizeof("{\"time\":\"2026-01-31T23:59:59.999Z\"") - 1)

static void *speak(void *cookie)
{
    bool is_own = cookie != NULL;

    if (is_own)
        log_own_ring();
    for (int i = 0; i < EVENTS; i++)
        log_event(is_own ? "own" : "shared", (struct log_field[]){{"number", .number = i}, {0}});
    return NULL;
}

/* The next line of ${from} without its time. */
static const char *next(FILE *from)
{
    static char line[256];

    assert_non_null(fgets(line, sizeof(line), from));
    assert_memory_equal(line, "{\"time\":\"20", 11);
    assert_memory_equal(line + TIME_LEN - 2, "Z\"", 2);
    return line + TIME_LEN;
}

/* Every line, each thread's in order. */
static void expect_spoken(FILE *from)
{
    int next_own = 0, next_shared = 0, number;

    while (next_own < EVENTS || next_shared < 2 * EVENTS) {
        const char *line = next(from);
        if (sscanf(line, ",\"event\":\"own\",\"number\":%d}", &number) == 1)
            assert_int_equal(number, next_own++);
        else if (sscanf(line, ",\"event\":\"shared\",\"number\":%d}", &number) == 1)
            next_shared++;
        else
            fail_msg("%s", line);
    }
}

static void test_events(void **state)
{
    int ends[2];
    pthread_t threads[3];

    assert_int_equal(pipe(ends), 0);
    FILE *from = fdopen(ends[0], "r");
    log_event("first", NULL);
    log_start(ends[1]);
    assert_string_equal(next(from), ",\"event\":\"first\"}\n");
    log_event("failed", (struct log_field[]){{"service", .text = TEXT("a\"b")},
                                             {"reason", .text = TEXT("")},
                                             {"after_ms", .number = -5},
                                             {0}});
    assert_string_equal(next(from), ",\"event\":\"failed\",\"service\":\"a\\\"b\",\"reason\":\"\","
                                    "\"after_ms\":-5}\n");
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, speak, i == 0 ? "own" : NULL);
    expect_spoken(from);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    log_event("last", NULL);
    log_stop(60000);
    close(ends[1]);
    assert_string_equal(next(from), ",\"event\":\"last\"}\n");
    assert_int_equal(fgetc(from), EOF);
    log_event("to nobody", NULL);
    fclose(from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_events)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
