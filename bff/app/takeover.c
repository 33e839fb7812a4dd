/* See takeover.h. */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "bff/app/notify.h"
#include "bff/app/signals.h"
#include "bff/app/successor.h"
#include "bff/app/takeover.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"

#define LOOK_MS 100 /* between two looks at whether the workers have ended */

struct takeover {
    struct process *process;
    bool is_wanted, wants_reload;
    struct successor successor;
    struct listen **listens; /* of the sockets that the successor has got */
    int *fds;                /* these sockets */
    size_t count;
};

struct takeover *takeover_new(struct process *process)
{
    struct takeover *takeover = memory_new(sizeof(*takeover));

    takeover->process = process;
    takeover->successor.from = -1;
    return takeover;
}

static void forget(struct takeover *takeover)
{
    memory_free(takeover->listens);
    memory_free(takeover->fds);
    takeover->listens = NULL;
    takeover->fds = NULL;
    takeover->count = 0;
}

void takeover_free(struct takeover *takeover)
{
    forget(takeover);
    successor_end(&takeover->successor);
    memory_free(takeover);
}

static void log_upgrade(const char *state, const char *message, pid_t pid)
{
    struct log_field fields[4] = {{"state", .text = text_of(state)}};
    size_t count = 1;

    if (message != NULL)
        fields[count++] = (struct log_field){"message", .text = text_of(message)};
    if (pid > 0)
        fields[count++] = (struct log_field){"pid", .number = pid};
    log_event("upgrade", fields);
}

/* Start. */

/* When the first process of a container ends, the container ends, with the new process. */
void takeover_ask(struct takeover *takeover)
{
    if (getpid() == 1)
        log_upgrade("refused",
                    "this is the first process of a container, and the container ends with it; "
                    "start another container in its place",
                    0);
    else if (takeover->is_wanted || takeover_is_under_way(takeover))
        log_upgrade("refused", "an upgrade is under way", 0);
    else
        takeover->is_wanted = true;
}

static void gather(struct takeover *takeover)
{
    struct http_settings *http = &takeover->process->current->http;
    size_t most = 0;

    for (size_t i = 0; i < http->listen_count; i++)
        most += http->listens[i].fd_count;
    takeover->listens = memory_new((most + 1) * sizeof(*takeover->listens));
    takeover->fds = memory_new((most + 1) * sizeof(*takeover->fds));
    for (size_t i = 0; i < http->listen_count; i++) {
        struct listen *listen = &http->listens[i];
        for (size_t j = 0; j < listen->fd_count; j++) {
            takeover->listens[takeover->count] = listen;
            takeover->fds[takeover->count++] = listen->fds[j];
        }
    }
}

static void begin(struct takeover *takeover)
{
    const struct config *config = &takeover->process->current->config;
    struct successor *successor = &takeover->successor;

    takeover->is_wanted = false;
    gather(takeover);
    if (successor_start(successor, takeover->fds, takeover->count, config->upgrade_ready_ms) == 0) {
        log_upgrade("started", NULL, successor->pid);
        return;
    }
    log_upgrade("failed", successor->why, 0);
    forget(takeover);
}

/* Until it is ready. */

bool takeover_is_under_way(const struct takeover *takeover)
{
    return takeover->successor.state == SUCCESSOR_STARTS;
}

void takeover_reload_later(struct takeover *takeover) { takeover->wants_reload = true; }

bool takeover_wants_reload(struct takeover *takeover)
{
    bool wants_reload = takeover->wants_reload;

    takeover->wants_reload = false;
    return wants_reload;
}

static bool look(struct takeover *takeover)
{
    struct successor *successor = &takeover->successor;

    switch (successor_look(successor)) {
    case SUCCESSOR_IS_READY:
        return true;
    case SUCCESSOR_FAILED:
        log_upgrade("failed", successor->why, successor->pid);
        forget(takeover);
        break;
    case SUCCESSOR_STARTS:
    case SUCCESSOR_NONE:
        break;
    }
    return false;
}

bool takeover_run(struct takeover *takeover)
{
    const struct process *process = takeover->process;

    if (takeover_is_under_way(takeover))
        return look(takeover);
    if (takeover->is_wanted && atomic_load(&process->thread.is_ready) &&
        process_has_swapped(process))
        begin(takeover);
    return false;
}

int takeover_file(const struct takeover *takeover) { return takeover->successor.from; }

int takeover_patience_ms(const struct takeover *takeover)
{
    int64_t left_ns = takeover->successor.ready_by_ns - clock_now_ns();

    if (!takeover_is_under_way(takeover))
        return -1;
    return left_ns <= 0 ? 0 : (int)(left_ns / CLOCK_MS) + 1;
}

void takeover_stop(struct takeover *takeover)
{
    takeover->is_wanted = false;
    if (takeover_is_under_way(takeover))
        log_upgrade("failed", "the server stops", takeover->successor.pid);
    successor_stop(&takeover->successor);
}

/* Drain. */

/* A listener that the new configuration does not have gets no successor. A worker then accepts the
 * connections that wait there. */
static void hand_over(struct takeover *takeover)
{
    for (size_t i = 0; i < takeover->count; i++)
        if (successor_uses(&takeover->successor, i))
            listen_hand_over(takeover->listens[i]);
}

/* The service manager now looks after the new process. It takes no message of that process before
 * it knows that. */
static void tell_manager(const struct takeover *takeover)
{
    char state[sizeof(NOTIFY_MAINPID) + 32];

    snprintf(state, sizeof(state), NOTIFY_MAINPID "%ld\n" NOTIFY_READY,
             (long)takeover->successor.pid);
    notify_send(state);
}

static void wait_for_end(struct process *process)
{
    struct pollfd file = {.fd = signals_file(), .events = POLLIN};

    while (!server_has_ended(process->server)) {
        poll(&file, 1, LOOK_MS);
        if (signals_take() == SIGNALS_STOP)
            server_hurry(process->server, process->current->config.drain_ms);
    }
}

void takeover_drain(struct takeover *takeover)
{
    struct process *process = takeover->process;

    hand_over(takeover);
    tell_manager(takeover);
    if (takeover_wants_reload(takeover))
        kill(takeover->successor.pid, SIGHUP);
    log_upgrade("done", NULL, takeover->successor.pid);
    server_hand_over(process->server, process->current->config.upgrade_drain_ms);
    wait_for_end(process);
}
