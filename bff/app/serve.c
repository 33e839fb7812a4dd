/* See serve.h. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bff/app/notify.h"
#include "bff/app/predecessor.h"
#include "bff/app/process.h"
#include "bff/app/process_listen.h"
#include "bff/app/process_mocks.h"
#include "bff/app/reload.h"
#include "bff/app/serve.h"
#include "bff/app/signals.h"
#include "bff/app/takeover.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/http/listen_inherited.h"

/* How long the process waits at its end until the log has been written. */
#define LOG_PATIENCE_MS 1000

/* Start. */

/* Opens the standard files (0, 1, 2) that are closed. Otherwise the kernel would give such a
 * descriptor to a client's socket, and the log would be written to that client. */
static void open_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            must(open("/dev/null", O_RDWR) == fd);
}

static void raise_open_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * Every request allocates and frees memory for bodies. By default the C library returns the memory
 * of large bodies to the kernel each time. When it gets the memory again, the page faults cost ten
 * times as much as our own work on 4 x 64 KiB of JSON (docs/decisions/0005).
 */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 8 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}

/* The sockets that the process has got at its start, before it opens any. */
static int take_sockets(void)
{
    char wrong[LISTEN_INHERITED_WRONG_SIZE];

    predecessor_begin();
    if (listen_inherited_begin(predecessor_is_there(), wrong) == 0)
        return 0;
    fprintf(stderr, "%s\n", wrong);
    return EXIT_CONFIG;
}

/* A predecessor still serves the listeners that the configuration does not have any more. */
static int check_left(void)
{
    char left[LISTEN_URL_SIZE];

    if (!predecessor_is_there() && listen_inherited_is_left(left)) {
        fprintf(stderr,
                "LISTEN_FDS: there is a socket for %s, but listen does not have this "
                "address\n",
                left);
        return EXIT_CONFIG;
    }
    listen_inherited_end();
    return 0;
}

static int open_listeners(struct process *process, struct generation *generation)
{
    const char *where = NULL;
    int error = process_listen(process, generation, &where);

    if (error == 0)
        return check_left();
    fprintf(stderr, "cannot listen on %s: %s\n", where, strerror(error));
    return EXIT_BUSY;
}

static int open_all(struct process *process, struct generation *generation)
{
    if (process_mocks_start(process, &generation->config) != 0)
        return EXIT_CONFIG;
    const char *wrong = generation_prepare(generation);
    if (wrong != NULL) {
        fprintf(stderr, "login: %s\n", wrong);
        return EXIT_CONFIG;
    }
    return open_listeners(process, generation);
}

static void warn_of_login(const struct generation *generation)
{
    if (generation->login == NULL)
        fprintf(stderr,
                "%.*s: WARNING: LOGIN IS OFF. No access rule is enforced: every composite and "
                "every route answers everybody who reaches this server.\n",
                TEXT_ARGS(generation->pages.server));
}

/* Run. */

/* Ends the server. First it waits, because load balancers need some time to see that /ready has
 * changed. */
static void leave(struct process *process, struct reload *reload)
{
    uint32_t patience_ms = process->current->config.leave_ms;
    struct timespec rest = {.tv_sec = patience_ms / 1000, .tv_nsec = patience_ms % 1000 * CLOCK_MS};

    server_leave(process->server);
    reload_stop(reload);
    while (nanosleep(&rest, &rest) != 0)
        must(errno == EINTR);
}

static int sooner(int a_ms, int b_ms)
{
    if (a_ms == -1 || b_ms == -1)
        return a_ms == -1 ? b_ms : a_ms;
    return a_ms < b_ms ? a_ms : b_ms;
}

/* What the first thread has to do beside waiting. */
struct work {
    struct process *process;
    struct reload *reload;
    struct takeover *takeover;
};

/* Waits until there is something to do: a signal, a request for a reload, a worker that has
 * switched, a new process that is ready. With watch: true, it waits no longer than until the next
 * look at the files. */
static void wait_for_work(const struct work *work)
{
    struct pollfd files[] = {{.fd = signals_file(), .events = POLLIN},
                             {.fd = work->process->thread.bell, .events = POLLIN},
                             {.fd = takeover_file(work->takeover), .events = POLLIN}};
    int patience_ms =
        sooner(takeover_is_under_way(work->takeover) ? -1 : reload_patience_ms(work->reload),
               takeover_patience_ms(work->takeover));

    if (poll(files, 3, patience_ms) <= 0)
        return;
    if (files[1].revents != 0)
        first_thread_heard(&work->process->thread);
}

static void ask_for_reload(const struct work *work)
{
    if (takeover_is_under_way(work->takeover))
        takeover_reload_later(work->takeover);
    else
        reload_ask(work->reload);
}

/* Takes all signals. Returns false when the server must stop. */
static bool take_signals(const struct work *work)
{
    enum signals_event event;

    while ((event = signals_take()) != SIGNALS_NONE) {
        if (event == SIGNALS_STOP)
            return false;
        if (event == SIGNALS_RELOAD)
            ask_for_reload(work);
        else
            takeover_ask(work->takeover);
    }
    return true;
}

/* Returns true when a new process is ready. */
static bool do_work(const struct work *work)
{
    reload_settle(work->reload);
    if (takeover_run(work->takeover))
        return true;
    if (takeover_is_under_way(work->takeover))
        return false;
    if (takeover_wants_reload(work->takeover))
        reload_ask(work->reload);
    reload_run(work->reload);
    return false;
}

static void stop(const struct work *work)
{
    takeover_stop(work->takeover);
    log_event("draining", NULL);
    notify_send(NOTIFY_STOPPING);
    leave(work->process, work->reload);
    process_stop(work->process);
}

/* The service manager is not told that this process stops: it would stop the new one. */
static void give_over(const struct work *work)
{
    reload_stop(work->reload);
    takeover_drain(work->takeover);
}

/* What the first thread does while the workers serve. Returns when they have ended. */
static void run(const struct work *work)
{
    while (take_signals(work)) {
        if (do_work(work)) {
            give_over(work);
            return;
        }
        wait_for_work(work);
    }
    stop(work);
}

static void run_until_the_end(struct process *process, struct generation *first,
                              const struct reload_settings *settings)
{
    struct work work = {process, reload_new(process, first, settings), takeover_new(process)};

    process_start(process, first);
    generation_release(first);
    run(&work);
    takeover_free(work.takeover);
    log_event("drained", NULL);
    log_stop(LOG_PATIENCE_MS);
}

static void prepare_process(void)
{
    open_standard_files(); /* before anything else is opened */
    signals_hold();
    signal(SIGPIPE, SIG_IGN);
    raise_open_files();
    keep_memory();
}

int serve(struct generation *generation, int argc, char **argv)
{
    struct reload_settings again = {argc, argv, generation->config.build};

    prepare_process();
    struct process *process = process_new();
    int status = take_sockets();
    if (status == 0)
        status = open_all(process, generation);
    if (status == 0) {
        warn_of_login(generation);
        reload_log_warnings(generation);
        run_until_the_end(process, generation, &again);
    } else {
        generation_release(generation);
    }
    process_end(process);
    return status;
}
