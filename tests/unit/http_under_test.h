/* A server under test, without an application. Its workers keep the same settings until the end. */
#ifndef TESTS_UNIT_HTTP_UNDER_TEST_H
#define TESTS_UNIT_HTTP_UNDER_TEST_H

#include "bff/http/server.h"

struct under_test {
    struct listen listen;
    struct http_settings http;
    struct worker_settings of_worker;
    struct server_settings settings;
    struct server *server;
    sem_t ready;
};

static inline void on_unused(struct worker_settings *settings) { (void)settings; }

static inline void on_begin(struct worker *worker)
{
    struct under_test *test = worker->common->application;

    worker_settings_add(worker, &test->of_worker, &test->http, on_unused);
    worker_settings_switch(worker, &test->of_worker);
    server_worker_ready(worker);
}

static inline void on_end(struct worker *worker) { worker_settings_end(worker); }

static inline void on_ready(struct server *server)
{
    struct under_test *test = server->settings->application;

    sem_post(&test->ready);
}

#endif
