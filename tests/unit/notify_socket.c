/* Tests of the messages to a service manager. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bff/app/notify.h"
#include "bff/base/clock.h"
#include "clients/services.h"

#define STATE_SIZE 64

static char directory[] = "/tmp/bff-notify-XXXXXX";

/* A socket of this name, which NOTIFY_SOCKET has from then on; '@': one in no directory. */
static int manager_open(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void expect_state(int fd, const char *want)
{
    char state[STATE_SIZE] = "";

    assert_int_equal(recv(fd, state, sizeof(state) - 1, 0), strlen(want));
    assert_string_equal(state, want);
}

/* The time is that of CLOCK_MONOTONIC in microseconds: not before ${after_us}. */
static void expect_reload(int fd, long long after_us)
{
    char state[STATE_SIZE] = "";
    long long at_us = 0;

    assert_true(recv(fd, state, sizeof(state) - 1, 0) > 0);
    assert_int_equal(sscanf(state, "RELOADING=1\nMONOTONIC_USEC=%lld", &at_us), 1);
    assert_true(at_us >= after_us && at_us <= clock_now_ns() / 1000);
    expect_state(fd, "READY=1\nSTATUS=");
}

static void test_both_kinds_of_socket(void **state)
{
    char path[64], abstract[64];

    snprintf(path, sizeof(path), "%s/socket", directory);
    snprintf(abstract, sizeof(abstract), "@%s", directory);
    for (const char **name = (const char *[]){path, abstract, NULL}; *name != NULL; name++) {
        int fd = manager_open(*name);
        notify_send(NOTIFY_READY);
        expect_state(fd, "READY=1");
        notify_send(NOTIFY_STOPPING);
        expect_state(fd, "STOPPING=1");
        close(fd);
    }
    unlink(path);
}

/* What notify_send says on standard error with this in NOTIFY_SOCKET. */
static void expect_complaint(const char *name, const char *want)
{
    char said[512] = "";
    int ends[2], kept = dup(STDERR_FILENO);

    assert_int_equal(pipe(ends), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    notify_send(NOTIFY_READY);
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_in_range(read(ends[0], said, sizeof(said) - 1), 0, sizeof(said) - 1);
    close(ends[0]);
    assert_string_equal(said, want);
}

static void test_nobody_to_tell(void **state)
{
    char lengthy[110] = "/";

    memset(lengthy + 1, 'a', sizeof(lengthy) - 2);
    expect_complaint("", "");
    expect_complaint("/no/such/socket",
                     "NOTIFY_SOCKET: \"/no/such/socket\": No such file or directory\n");
    expect_complaint("vsock:2:1", "NOTIFY_SOCKET: \"vsock:2:1\" is neither a path nor an @name\n");
    char want[256];
    snprintf(want, sizeof(want), "NOTIFY_SOCKET: \"%s\" is neither a path nor an @name\n", lengthy);
    expect_complaint(lengthy, want);
}

/* A server of its own process, which says nothing of its own. */
static pid_t server_start(void)
{
    static const struct bff_build build = {
        .name = "test", .port = 1, .services = &clients_services};
    char *argv[] = {"bff-test", "--listen", "127.0.0.1:0", "--workers", "2", NULL};
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    setenv("JWT_SECRET", "thirty-two bytes of a secret 1234", 1);
    if (freopen("/dev/null", "w", stdout) == NULL)
        exit(EXIT_FAILURE);
    exit(bff_main(5, argv, &build));
}

static void test_a_server_tells(void **state)
{
    char path[64];
    int status;

    snprintf(path, sizeof(path), "%s/socket", directory);
    int fd = manager_open(path);
    pid_t pid = server_start();
    expect_state(fd, "READY=1");
    int64_t now_ns = clock_now_ns();
    kill(pid, SIGHUP);
    expect_reload(fd, now_ns / 1000);
    kill(pid, SIGTERM);
    expect_state(fd, "STOPPING=1");
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(recv(fd, path, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    close(fd);
}

static int begin(void **state) { return mkdtemp(directory) == NULL ? -1 : 0; }

static int finish(void **state)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/socket", directory);
    unlink(path);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_kinds_of_socket),
        cmocka_unit_test(test_nobody_to_tell),
        cmocka_unit_test(test_a_server_tells),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
