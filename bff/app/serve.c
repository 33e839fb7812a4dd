/* See serve.h. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bff/app/notify.h"
#include "bff/app/process.h"
#include "bff/app/serve.h"
#include "bff/app/signals.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"

#define SECRET_BYTES 32 /* the secret with which mock services sign tokens */
#define LOG_PATIENCE_MS                                                                            \
    1000 /* how long the process waits at its end until the log has been written */

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

static void point_at(struct service_settings *service, const char *url)
{
    struct service_endpoint *endpoint = memory_new(sizeof(*endpoint));

    must(service_endpoint_read(url, endpoint) == NULL);
    service_endpoints_free(service);
    service->endpoints = endpoint;
    service->endpoint_count = 1;
}

/* Makes a random secret for the tokens of the mock services, so that only this process accepts
 * them. */
static void make_secret(struct config *config)
{
    unsigned char bytes[SECRET_BYTES];

    if (config->login_is_off || config->login.secret.len > 0)
        return;
    must(getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes));
    char *secret = pool_take(config->pool, 2 * SECRET_BYTES + 1);
    for (size_t i = 0; i < SECRET_BYTES; i++)
        snprintf(secret + 2 * i, 3, "%02x", bytes[i]);
    config->login.secret = (struct text){secret, (size_t)2 * SECRET_BYTES};
}

static int start_mocks(struct process *process, struct config *config)
{
    const struct bff_mocks *mocks = config->build->mocks;
    char error[BFF_MOCKS_ERROR_SIZE];

    if (config->mock_dir == NULL)
        return 0;
    make_secret(config);
    process->mock = mocks->start(config->mock_dir, config->login.secret, error, sizeof(error));
    if (process->mock == NULL) {
        fprintf(stderr, "%s\n", error);
        return EXIT_CONFIG;
    }
    process->mocks = mocks;
    for (size_t i = 0; i < config->service_count; i++) {
        const char *url = mocks->url(process->mock, config->services[i].service->name);
        if (url != NULL)
            point_at(&config->services[i], url);
    }
    return 0;
}

static int open_listeners(struct process *process, const struct config *config)
{
    const char *where = NULL;
    int error = process_listen(process, config, &where);

    if (error == 0)
        return 0;
    fprintf(stderr, "cannot listen on %s: %s\n", where, strerror(error));
    return EXIT_BUSY;
}

static int open_all(struct process *process, struct generation *generation)
{
    int status = start_mocks(process, &generation->config);

    if (status != 0)
        return status;
    const char *wrong = generation_prepare(generation);
    if (wrong != NULL) {
        fprintf(stderr, "login: %s\n", wrong);
        return EXIT_CONFIG;
    }
    return open_listeners(process, &generation->config);
}

static void warn_of_login(const struct generation *generation)
{
    if (generation->login == NULL)
        fprintf(stderr,
                "%.*s: WARNING: LOGIN IS OFF. No access rule is enforced: every composite and "
                "every route answers everybody who reaches this server.\n",
                TEXT_ARGS(generation->pages.server));
}

/* The lines of --check's warnings, for those who only read the log. */
static void log_warnings(const struct mistakes *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        log_event("warning",
                  (struct log_field[]){{"message", .text = text_of(warnings->lines[i])}, {0}});
}

/* Run. */

/* Ends the server. First it waits, because load balancers need some time to see that /ready has
 * changed. */
static void leave(struct process *process)
{
    uint32_t patience_ms = process->current->config.leave_ms;
    struct timespec rest = {.tv_sec = patience_ms / 1000, .tv_nsec = patience_ms % 1000 * CLOCK_MS};

    server_leave(process->server);
    while (nanosleep(&rest, &rest) != 0)
        must(errno == EINTR);
}

/* SIGHUP does not read the configuration again. The event reports this to the operator. */
static void refuse_reload(void)
{
    log_event("reload", (struct log_field[]){
                            {"state", .text = TEXT("unavailable")},
                            {"message", .text = TEXT("there is no reload yet; restart the server "
                                                     "to use a new configuration")},
                            {0},
                        });
}

static void run_until_signal(struct process *process, struct generation *first)
{
    process_start(process, first);
    while (signals_wait() == SIGNALS_RELOAD)
        refuse_reload();
    log_event("draining", NULL);
    notify_send(NOTIFY_STOPPING);
    leave(process);
    process_stop(process);
    log_event("drained", NULL);
    log_stop(LOG_PATIENCE_MS);
}

static void prepare_process(void)
{
    signals_hold();
    signal(SIGPIPE, SIG_IGN);
    open_standard_files();
    raise_open_files();
    keep_memory();
}

int serve(struct generation *generation)
{
    struct process *process = process_new();

    prepare_process();
    int status = open_all(process, generation);
    if (status == 0) {
        warn_of_login(generation);
        log_warnings(&generation->config.warnings);
        run_until_signal(process, generation);
    }
    process_end(process);
    return status;
}
