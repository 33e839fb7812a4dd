/* See successor.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bff/app/successor.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"
#include "bff/http/listen_inherited.h"

#define EXIT_NOT_STARTED 127 /* as shells do it, for a program that cannot be started */
#define PID_DIGITS 20
#define PID_AT (sizeof("LISTEN_PID=") - 1)

static struct {
    char **argv;
    char *program; /* an absolute path */
} self;

/* Returns ${path} as a path from the root. */
static char *absolute(const char *path)
{
    char *here = getcwd(NULL, 0), *whole = NULL;

    if (path[0] == '/' || here == NULL || asprintf(&whole, "%s/%s", here, path) == -1)
        whole = memory_string(path);
    free(here);
    return whole;
}

/*
 * The path that execve(2) got. /proc/self/exe would be the file itself. When the operator has put
 * another file in its place, /proc/self/exe still is the old one, and when the path is a symbolic
 * link, the operator may have changed the link.
 */
void successor_remember(char **argv)
{
    const char *path = (const char *)getauxval(AT_EXECFN); // NOLINT(performance-no-int-to-ptr)

    memory_free(self.program); /* tests call bff_main several times */
    self.argv = argv;
    self.program = absolute(path == NULL ? argv[0] : path);
}

/* Start. */

/* All that the new process needs, made before it exists: between vfork and execve there must be no
 * allocation, and no lock. */
struct birth {
    char **environment;
    int *fds; /* those that the new process gets, from LISTEN_INHERITED_FIRST on */
    size_t count;
    volatile int error; /* of execve */
};

static bool is_ours(const char *variable)
{
    struct text rest = text_of(variable), name = text_cut(&rest, '=');

    return text_is(name, "LISTEN_PID") || text_is(name, "LISTEN_FDS") ||
           text_is(name, "LISTEN_FDNAMES") || text_is(name, SUCCESSOR_VARIABLE);
}

static char *variable_new(const char *name, size_t number)
{
    char *variable = memory_new(strlen(name) + PID_DIGITS + 2);

    sprintf(variable, "%s=%zu", name, number);
    return variable;
}

/* Returns the environment of the new process. Its first three variables are new. The first one gets
 * its value in the new process. */
static char **environment_new(size_t listening)
{
    size_t count = 0;

    while (environ[count] != NULL)
        count++;
    char **all = memory_new((count + 4) * sizeof(*all)), **at = all;
    *at++ = variable_new("LISTEN_PID", 0);
    *at++ = variable_new("LISTEN_FDS", listening);
    *at++ = variable_new(SUCCESSOR_VARIABLE, LISTEN_INHERITED_FIRST + listening);
    for (size_t i = 0; i < count; i++)
        if (!is_ours(environ[i]))
            *at++ = environ[i];
    return all;
}

/* Adds a duplicate of ${fd} whose number is above those that the new process gets. So no descriptor
 * is overwritten there before it has been used. */
static int add(struct birth *birth, int fd, size_t all)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, LISTEN_INHERITED_FIRST + (int)all);

    if (copy == -1)
        return -1;
    birth->fds[birth->count++] = copy;
    return 0;
}

/* Adds the listening sockets, and at the end the descriptor ${to}. */
static int add_all(struct birth *birth, const int *fds, size_t count, int to)
{
    birth->fds = memory_new((count + 1) * sizeof(*birth->fds));
    for (size_t i = 0; i < count; i++)
        if (add(birth, fds[i], count + 1) != 0)
            return -1;
    return add(birth, to, count + 1);
}

static void birth_end(struct birth *birth)
{
    for (size_t i = 0; i < birth->count; i++)
        close(birth->fds[i]);
    memory_free(birth->fds);
    for (size_t i = 0; i < 3; i++)
        memory_free(birth->environment[i]);
    memory_free(birth->environment);
}

static void write_pid(char *out)
{
    unsigned long pid = (unsigned long)getpid();
    size_t len = 0;

    for (unsigned long rest = pid; rest > 0; rest /= 10)
        len++;
    out[len] = '\0';
    for (; pid > 0; pid /= 10)
        out[--len] = (char)('0' + pid % 10);
}

/* The new process ignores the signals for a running server until it has handlers of its own. */
static void reset_signals(void)
{
    sigset_t none;

    signal(SIGHUP, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the new process, which shares its memory with the old one until execve. */
static void become(struct birth *birth)
{
    write_pid(birth->environment[0] + PID_AT);
    for (size_t i = 0; i < birth->count; i++)
        if (dup2(birth->fds[i], LISTEN_INHERITED_FIRST + (int)i) == -1)
            _exit(EXIT_NOT_STARTED);
    close_range((unsigned)(LISTEN_INHERITED_FIRST + birth->count), UINT_MAX, 0);
    reset_signals();
    execve(self.program, self.argv, birth->environment);
    birth->error = errno;
    _exit(EXIT_NOT_STARTED);
}

/* A copy of the process by fork would need as much memory as the cache has, for a moment. */
static pid_t give_birth(struct birth *birth)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* no handler may run in the new process */
    pid_t pid = vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork)
    if (pid == 0)
        become(birth); // NOLINT(clang-analyzer-unix.Vfork)
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

static int say_why(struct successor *successor, const char *what, const char *why)
{
    snprintf(successor->why, sizeof(successor->why), "%.60s: %.30s", what, why);
    return -1;
}

static int start(struct successor *successor, struct birth *birth)
{
    successor->pid = give_birth(birth);
    if (successor->pid == -1)
        return say_why(successor, "a process cannot be started", strerror(errno));
    if (birth->error == 0)
        return 0;
    waitpid(successor->pid, NULL, 0);
    return say_why(successor, self.program, strerror(birth->error));
}

int successor_start(struct successor *successor, const int *fds, size_t count, uint32_t patience_ms)
{
    struct birth birth = {.environment = environment_new(count)};
    int ends[2] = {-1, -1};
    bool has_ends = pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;

    *successor = (struct successor){.from = ends[0], .count = count};
    int failed = has_ends && add_all(&birth, fds, count, ends[1]) == 0
                     ? start(successor, &birth)
                     : say_why(successor, "there is no free descriptor", strerror(errno));
    birth_end(&birth);
    if (has_ends)
        close(ends[1]);
    if (failed != 0) {
        if (has_ends)
            close(ends[0]);
        successor->from = -1;
        return -1;
    }
    successor->state = SUCCESSOR_STARTS;
    successor->report = memory_new(count + 1);
    successor->ready_by_ns = clock_now_ns() + patience_ms * CLOCK_MS;
    return 0;
}

/* Until it is ready. */

static void end(struct successor *successor, enum successor_state state)
{
    close(successor->from);
    successor->from = -1;
    successor->state = state;
}

static void tell_status(struct successor *successor, int status)
{
    if (WIFEXITED(status))
        snprintf(successor->why, sizeof(successor->why), "exit status %d", WEXITSTATUS(status));
    else
        snprintf(successor->why, sizeof(successor->why), "ended by signal %d", WTERMSIG(status));
}

/* A process that has ended cannot be killed any more, so its status stays as it is. */
static void bury(struct successor *successor)
{
    int status = 0;

    kill(successor->pid, SIGKILL);
    while (waitpid(successor->pid, &status, 0) == -1)
        must(errno == EINTR);
    tell_status(successor, status);
    memory_free(successor->report);
    successor->report = NULL;
    end(successor, SUCCESSOR_FAILED);
}

/* Reads what the successor says. Returns false at the end: it has closed its end of the pipe. */
static bool hear(struct successor *successor)
{
    for (;;) {
        char byte;
        ssize_t got = read(successor->from, &byte, 1);
        if (got != 1)
            return got == -1 && (errno == EAGAIN || errno == EINTR);
        if (byte == SUCCESSOR_READY) {
            successor->state = SUCCESSOR_IS_READY;
            return true;
        }
        if (successor->report_len < successor->count)
            successor->report[successor->report_len++] = byte;
    }
}

enum successor_state successor_look(struct successor *successor)
{
    bool is_there = hear(successor);

    if (successor->state == SUCCESSOR_IS_READY) {
        end(successor, SUCCESSOR_IS_READY);
    } else if (!is_there) {
        bury(successor);
    } else if (clock_now_ns() >= successor->ready_by_ns) {
        bury(successor);
        snprintf(successor->why, sizeof(successor->why), "it was not ready in time");
    }
    return successor->state;
}

bool successor_uses(const struct successor *successor, size_t socket)
{
    return socket < successor->report_len && successor->report[socket] == LISTEN_INHERITED_TAKEN;
}

void successor_stop(struct successor *successor)
{
    if (successor->state == SUCCESSOR_STARTS)
        bury(successor);
}

void successor_end(struct successor *successor)
{
    memory_free(successor->report);
    successor->report = NULL;
}
