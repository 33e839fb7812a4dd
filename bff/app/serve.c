/* See serve.h. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bff/app/application.h"
#include "bff/app/notify.h"
#include "bff/app/serve.h"
#include "bff/app/signals.h"
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/http/server.h"
#include "bff/http/server_tls.h"

#define SECRET_BYTES 32      /* of the secret that mock mode makes */
#define LOG_PATIENCE_MS 1000 /* how long the log's reader may keep the exit waiting */

/* The process's one server; it and what hangs on it stay to the end (see run_worker). */
static struct server *server;

/* Start. */

/* A standard file that is closed would become a client's socket, and the log would go there. */
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
 * Bodies come and go with every request. By default the C library hands the memory of large ones
 * back to the kernel each time, and the page faults of getting it again cost ten times what we do
 * with 4 x 64 KiB of JSON (docs/decisions/0005).
 */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 8 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}

static unsigned worker_count(const struct config *config)
{
    cpu_set_t cores;

    if (config->workers > 0)
        return config->workers;
    return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}

static void point_at(struct service_settings *service, const char *url)
{
    struct service_endpoint *endpoint = memory_new(sizeof(*endpoint));

    must(service_endpoint_read(url, endpoint) == NULL);
    service_endpoints_free(service);
    service->endpoints = endpoint;
    service->endpoint_count = 1;
}

/* Mock services issue tokens that nobody but this process believes. */
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

static int start_mocks(struct application *application)
{
    struct config *config = application->config;
    const struct bff_mocks *mocks = config->build->mocks;
    char error[BFF_MOCKS_ERROR_SIZE];

    if (config->mock_dir == NULL)
        return 0;
    make_secret(config);
    application->mock = mocks->start(config->mock_dir, config->login.secret, error, sizeof(error));
    if (application->mock == NULL) {
        fprintf(stderr, "%s\n", error);
        return EXIT_CONFIG;
    }
    for (size_t i = 0; i < config->service_count; i++) {
        const char *url = mocks->url(application->mock, config->services[i].service->name);
        if (url != NULL)
            point_at(&config->services[i], url);
    }
    return 0;
}

static int load_tls(struct application *application)
{
    const struct config *config = application->config;
    const char *wrong = NULL;

    if (config->certificate == NULL)
        return 0;
    application->settings.tls = server_tls_new(config->certificate, config->key, &wrong);
    if (application->settings.tls != NULL)
        return 0;
    fprintf(stderr, "%s: %s\n", config->certificate, wrong);
    return EXIT_CONFIG;
}

static int load_login(struct application *application)
{
    const struct config *config = application->config;
    const char *wrong = NULL;

    if (config->login_is_off)
        return 0;
    application->login = login_new(&config->login, &wrong);
    if (application->login != NULL)
        return 0;
    fprintf(stderr, "login: %s\n", wrong);
    return EXIT_CONFIG;
}

static int open_listeners(struct application *application)
{
    const struct config *config = application->config;
    struct server_settings *settings = &application->settings;

    settings->listens = memory_new(config->listen_count * sizeof(*settings->listens));
    for (size_t i = 0; i < config->listen_count; i++) {
        settings->listens[i] = (struct listen){
            .address = config->listens[i].address,
            .address_len = config->listens[i].address_len,
            .is_tls = config->listens[i].is_tls,
        };
        int error = listen_open(&settings->listens[i], settings->workers);
        if (error != 0) {
            fprintf(stderr, "cannot listen on %s: %s\n", config->listens[i].text, strerror(error));
            return EXIT_BUSY;
        }
        settings->listen_count = i + 1;
    }
    return 0;
}

static int open_all(struct application *application)
{
    int status = load_tls(application);

    if (status == 0)
        status = start_mocks(application);
    if (status == 0)
        status = load_login(application);
    return status == 0 ? open_listeners(application) : status;
}

static void close_all(struct application *application)
{
    for (size_t i = 0; i < application->settings.listen_count; i++)
        listen_close(&application->settings.listens[i]);
    memory_free(application->settings.listens);
    SSL_CTX_free(application->settings.tls);
    if (application->mock != NULL)
        application->config->build->mocks->stop(application->mock);
    login_free(application->login);
    health_free(application->dispatch.health.health);
}

static void warn_of_login(const struct application *application)
{
    if (application->login == NULL)
        fprintf(stderr,
                "%.*s: WARNING: LOGIN IS OFF. No access rule is enforced: every composite and "
                "every route answers whoever reaches this server.\n",
                TEXT_ARGS(application->dispatch.pages->server));
}

/* Run. */

/* Load balancers need their time to see that /ready has changed. */
static void leave(uint32_t patience_ms)
{
    struct timespec rest = {.tv_sec = patience_ms / 1000, .tv_nsec = patience_ms % 1000 * CLOCK_MS};

    server_leave(server);
    while (nanosleep(&rest, &rest) != 0)
        must(errno == EINTR);
}

static void run_until_signal(uint32_t leave_ms)
{
    server_start(server);
    signals_wait();
    log_event("draining", NULL);
    notify_send(NOTIFY_STOPPING);
    leave(leave_ms);
    server_stop(server);
    log_event("drained", NULL);
    log_stop(LOG_PATIENCE_MS);
}

/* A service has gone, or is back. */
static void on_health(const char *service, bool is_up, enum reason reason, int status)
{
    struct log_field fields[] = {
        {"service", .text = text_of(service)},
        {"state", .text = is_up ? TEXT("up") : TEXT("down")},
        {"reason", .text = text_of(reason_name(reason))},
        {"status", .number = status},
        {0},
    };

    log_event("health", fields);
}

static void fill_dispatch(struct application *application, const struct pages *pages)
{
    const struct config *config = application->config;

    application->dispatch = (struct dispatch){
        .pages = pages,
        .routes = &config->routes,
        .login = application->login,
        .cors = &config->cors,
        .health = {.health = health_new(config->services, config->service_count, on_health)},
        .proxy = {.server = pages->server,
                  .withheld = config_withheld_header(config),
                  .hides_cors = cors_is_on(&config->cors),
                  .trusted = &config->trusted},
    };
}

static void prepare_process(void)
{
    signals_hold();
    signal(SIGPIPE, SIG_IGN);
    open_standard_files();
    raise_open_files();
    keep_memory();
}

int serve(struct config *config, struct pages *pages)
{
    struct application application = {
        .config = config,
        .settings = {.workers = worker_count(config),
                     .drain_ms = config->drain_ms,
                     .body_limit = config_largest_body(config),
                     .limits = &config->limits,
                     .application = &application},
    };

    prepare_process();
    hooks_set(&application.settings);
    int status = open_all(&application);
    if (status == 0) {
        fill_dispatch(&application, pages);
        warn_of_login(&application);
        server = server_new(&application.settings);
        run_until_signal(config->leave_ms);
    }
    close_all(&application);
    return status;
}
