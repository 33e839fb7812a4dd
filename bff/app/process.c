/* See process.h. */
#include <sched.h>
#include <stdatomic.h>

#include "bff/app/process.h"
#include "bff/app/worker_hooks.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"

struct process *process_new(void) { return memory_new(sizeof(struct process)); }

/* Start. */

static unsigned worker_count(const struct config *config)
{
    cpu_set_t cores;

    if (config->workers > 0)
        return config->workers;
    return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}

static int listen_on(struct server_settings *settings, const struct config_listen *on,
                     bool is_admin)
{
    struct listen *listen = &settings->listens[settings->listen_count];

    *listen = (struct listen){
        .address = on->address,
        .address_len = on->address_len,
        .is_tls = on->is_tls,
        .is_admin = is_admin,
    };
    int error = listen_open(listen, settings->workers);
    settings->listen_count += error == 0;
    return error;
}

int process_listen(struct process *process, const struct config *config, const char **where)
{
    struct server_settings *settings = &process->settings;
    int error = 0;

    settings->workers = worker_count(config);
    settings->listens = memory_new((config->listen_count + 1) * sizeof(*settings->listens));
    for (size_t i = 0; i < config->listen_count && error == 0; i++) {
        *where = config->listens[i].text;
        error = listen_on(settings, &config->listens[i], false);
    }
    if (config->admin != NULL && error == 0) {
        *where = config->admin->text;
        error = listen_on(settings, config->admin, true);
    }
    return error;
}

/* Adds one reference for the process, and one for each worker. A worker takes over its reference
 * when it begins with this generation. */
static void make_current(struct process *process, struct generation *generation)
{
    generation->number = ++process->generations;
    process->current = generation_hold(generation);
    for (unsigned i = 0; i < process->settings.workers; i++)
        generation_hold(generation);
}

void process_start(struct process *process, struct generation *first)
{
    make_current(process, first);
    worker_hooks_set(&process->settings, first);
    process->server = server_new(&process->settings);
    server_start(process->server);
}

/* Another generation. */

static bool listens_on_tls(const struct process *process)
{
    for (size_t i = 0; i < process->settings.listen_count; i++)
        if (process->settings.listens[i].is_tls)
            return true;
    return false;
}

const char *process_swap(struct process *process, struct generation *next)
{
    struct generation *before = process->current;

    if (listens_on_tls(process) && next->http.tls == NULL)
        return "the server listens with TLS, and there is no certificate for it";
    make_current(process, next);
    server_tell_workers(process->server, worker_hooks_switch, next);
    generation_release(before);
    return NULL;
}

bool process_has_swapped(const struct process *process)
{
    return atomic_load(&process->current->workers) == process->settings.workers;
}

/* End. */

void process_stop(struct process *process) { server_stop(process->server); }

void process_end(struct process *process)
{
    for (size_t i = 0; i < process->settings.listen_count; i++) {
        listen_unlink(&process->settings.listens[i]);
        listen_close(&process->settings.listens[i]);
    }
    memory_free(process->settings.listens);
    if (process->mocks != NULL)
        process->mocks->stop(process->mock);
    if (process->current != NULL)
        generation_release(process->current);
    process->current = NULL;
    if (process->server == NULL)
        memory_free(process);
}
