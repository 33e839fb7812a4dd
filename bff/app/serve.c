/* See serve.h. */
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "bff/app/serve.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/http/server.h"
#include "bff/http/server_tls.h"
#include "bff/upstream/upstream.h"
#include "fixtures/mock.h"

#define BODY_LIMIT ((size_t)1024 * 1024) /* of a client's request */

/* The process's one server; it and what hangs on it stay to the end (see run_worker). */
static struct server *server;

struct application {
    struct config *config;
    struct endpoints *endpoints;
    struct server_settings settings;
    struct mock *mock;
};

/* ---- a worker's hooks -------------------------------------------------------------------------
 */

static void on_resolved(void *cookie) { server_worker_ready(cookie); }

static void on_begin(struct worker *worker)
{
    const struct application *application = worker->server->settings->application;
    const struct config *config = application->config;
    struct upstream_loop on = {
        .loop = worker->loop,
        .resolver = &worker->resolver,
        .timers = worker_timers(worker),
    };
    const char *wrong = NULL;
    struct upstream *upstream = upstream_new(&on, config->services, config->service_count, &wrong);

    must(upstream != NULL); /* the configuration has loaded every CA file already */
    worker->application = upstream;
    upstream_start(upstream, config->resolve_ms, on_resolved, worker);
}

/* Requests that the drain cut off still hold their calls: those go with the process. */
static void on_end(struct worker *worker)
{
    if (worker->client_count == 0)
        upstream_free(worker->application);
}

static void on_request(struct request *request)
{
    const struct application *application = request->worker->server->settings->application;

    endpoint_serve(application->endpoints, request, request->worker->application);
}

static void on_ready(struct server *ready)
{
    printf("{\"event\":\"ready\",\"listen\":[");
    for (size_t i = 0; i < ready->settings->listen_count; i++) {
        char url[LISTEN_URL_SIZE];
        listen_url(&ready->settings->listens[i], url);
        printf("%s\"%s\"", i == 0 ? "" : ",", url);
    }
    printf("]}\n");
    fflush(stdout);
}

/* ---- start ------------------------------------------------------------------------------------
 */

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
    for (size_t i = 0; i < service->endpoint_count; i++)
        service_endpoint_free(&service->endpoints[i]);
    memory_free(service->endpoints);
    service->endpoints = endpoint;
    service->endpoint_count = 1;
}

static int start_mocks(struct application *application)
{
    struct config *config = application->config;
    char error[MOCK_ERROR_SIZE];

    if (config->mock_dir == NULL)
        return 0;
    application->mock = mock_start(config->mock_dir, 0, error, sizeof(error));
    if (application->mock == NULL) {
        fprintf(stderr, "%s\n", error);
        return EXIT_CONFIG;
    }
    for (size_t i = 0; i < config->service_count; i++) {
        const char *url = mock_url(application->mock, config->services[i].service->name);
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
    return status == 0 ? open_listeners(application) : status;
}

static void close_all(struct application *application)
{
    for (size_t i = 0; i < application->settings.listen_count; i++)
        listen_close(&application->settings.listens[i]);
    memory_free(application->settings.listens);
    SSL_CTX_free(application->settings.tls);
    mock_stop(application->mock);
}

/* Until login exists nobody may think that it does. */
static void warn_of_login(const struct endpoints *endpoints)
{
    fprintf(stderr,
            "%.*s: WARNING: LOGIN IS OFF. Access rules are checked at start but not enforced: "
            "every composite answers whoever reaches this server.\n",
            TEXT_ARGS(endpoints->server));
}

/* ---- run --------------------------------------------------------------------------------------
 */

/* A second signal during the drain ends the process at once. */
static void run_until_signal(const sigset_t *stop)
{
    int signal_number;

    server_start(server);
    while (sigwait(stop, &signal_number) != 0)
        ;
    pthread_sigmask(SIG_UNBLOCK, stop, NULL);
    server_stop(server);
}

int serve(struct config *config, struct endpoints *endpoints)
{
    struct application application = {
        .config = config,
        .endpoints = endpoints,
        .settings = {.workers = worker_count(config),
                     .drain_ms = config->drain_ms,
                     .body_limit = BODY_LIMIT,
                     .on_begin = on_begin,
                     .on_end = on_end,
                     .on_request = on_request,
                     .on_ready = on_ready,
                     .application = &application},
    };
    sigset_t stop;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_open_files();
    keep_memory();

    int status = open_all(&application);
    if (status == 0) {
        warn_of_login(endpoints);
        server = server_new(&application.settings);
        run_until_signal(&stop);
    }
    close_all(&application);
    return status;
}
