/* Tests of reading a whole file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/base/file.h"

static char name[] = "/tmp/base_file_XXXXXX";

static int make_file(void **state)
{
    int fd = mkstemp(name);

    return fd >= 0 && write(fd, "12345", 5) == 5 && close(fd) == 0 ? 0 : -1;
}

static int remove_file(void **state) { return unlink(name); }

static void test_lengths(void **state)
{
    char bytes[7] = "";

    assert_int_equal(file_read(name, bytes, 6), 5);
    assert_string_equal(bytes, "12345");
    assert_int_equal(file_read(name, bytes, 5), 5);
    assert_int_equal(file_read(name, bytes, 4), 5);
    assert_int_equal(file_read(name, bytes, 2), 3);
}

static void test_failures(void **state)
{
    char bytes[2];

    assert_int_equal(file_read("/nowhere/at/all", bytes, 1), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_read("/tmp", bytes, 1), -1);
    assert_int_equal(errno, EISDIR);
}

static void test_what_is_no_regular_file(void **state)
{
    char bytes[7] = "";
    char pipe_name[sizeof name + 5];

    assert_int_equal(file_read_regular(name, bytes, 6), 5);
    assert_string_equal(bytes, "12345");
    assert_int_equal(file_read_regular("/nowhere/at/all", bytes, 1), -1);
    assert_int_equal(errno, ENOENT);
    snprintf(pipe_name, sizeof pipe_name, "%s.pipe", name);
    assert_int_equal(mkfifo(pipe_name, 0600), 0);
    assert_int_equal(file_read_regular(pipe_name, bytes, 1), -1);
    assert_int_equal(errno, EINVAL);
    unlink(pipe_name);
    assert_int_equal(file_read_regular("/dev/zero", bytes, 1), -1);
    assert_int_equal(errno, EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_what_is_no_regular_file),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
