/* See process_mocks.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "bff/app/process_mocks.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"

#define SECRET_BYTES 32
#define WATCH_VARIABLE "BFF_WATCH_REPORT" /* ./dev watch has started this process */
#define WATCH_IDLE_MS 2000                /* also for connections that a browser opens in advance */

static char *new_secret(void)
{
    unsigned char bytes[SECRET_BYTES];
    char *secret = memory_new(2 * SECRET_BYTES + 1);

    must(getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes));
    for (size_t i = 0; i < SECRET_BYTES; i++)
        snprintf(secret + 2 * i, 3, "%02x", bytes[i]);
    return secret;
}

/* The secret of the first configuration, or a random one. */
static char *first_secret(const struct config *config)
{
    struct text secret = config->login.secret;

    if (secret.len == 0)
        return config->login_is_off ? NULL : new_secret();
    char *copy = memory_new(secret.len + 1);
    memcpy(copy, secret.at, secret.len);
    return copy;
}

static void point_at(struct service_settings *service, const char *url)
{
    struct service_endpoint *endpoint = memory_new(sizeof(*endpoint));

    must(service_endpoint_read(url, endpoint) == NULL);
    service_endpoints_free(service);
    service->endpoints = endpoint;
    service->endpoint_count = 1;
}

int process_mocks_start(struct process *process, struct config *config)
{
    const struct bff_mocks *mocks = config->build->mocks;
    char error[BFF_MOCKS_ERROR_SIZE];

    if (config->mock_dir == NULL)
        return 0;
    process->mock_secret = first_secret(config);
    process->mock =
        mocks->start(config->mock_dir, text_of(process->mock_secret), error, sizeof(error));
    if (process->mock == NULL) {
        fprintf(stderr, "%s\n", error);
        return -1;
    }
    process->mocks = mocks;
    process_mocks_use(process, config);
    return 0;
}

/*
 * With ./dev watch, a new process often takes over. A client that keeps its connection would get
 * one more answer of the old one.
 */
static void make_brief(struct server_limits *limits)
{
    limits->is_brief = true;
    if (limits->idle_ms > WATCH_IDLE_MS)
        limits->idle_ms = WATCH_IDLE_MS;
}

void process_mocks_use(const struct process *process, struct config *config)
{
    if (process->mock == NULL)
        return;
    config->mock = process->mock;
    if (getenv(WATCH_VARIABLE) != NULL)
        make_brief(&config->limits);
    if (!config->login_is_off && process->mock_secret != NULL)
        config->login.secret = pool_text(config->pool, text_of(process->mock_secret));
    for (size_t i = 0; i < config->service_count; i++) {
        const char *url = process->mocks->url(process->mock, config->services[i].service->name);
        if (url != NULL)
            point_at(&config->services[i], url);
    }
}
