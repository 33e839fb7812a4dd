/*
 * bff-gate: bff-web with one more step, "gate", which waits until a test opens it. The step is
 * twice in the table: before the route is known, and after the step "access".
 *
 * A request waits at the gate that its field X-Gate names: "NAME", or "NAME MS LATE". With the
 * second form the request waits for at most MS milliseconds, and LATE is what happens then: "pass"
 * or "refuse". X-Gate is for the second of the two steps, and X-Gate-Early for the first. The
 * environment variable GATE names a FIFO. A line "NAME" that is written to it opens a gate: all
 * requests that wait there go on. A line "NAME refuse" makes the server refuse them.
 *
 * Each change is an event of the log: {"event":"gate","name":"a","state":"waits"}; then "opened",
 * "late" or "cancelled".
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "tests/e2e/lib/more_steps.h"

/* A request at the gate; in its pool. The bell rings when the gate is opened, in whatever thread.
 */
struct waiting {
    struct request_context *context;
    struct waiting *next;
    char name[32], late[16];
    int bell;
    h2o_socket_t *socket; /* of the bell */
    bool is_refused;
};

static struct waiting *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void tell(const struct waiting *waiting, const char *state)
{
    struct log_field fields[] = {
        {"name", .text = text_of(waiting->name)}, {"state", .text = text_of(state)}, {0}};

    log_event("gate", fields);
}

/* Takes ${waiting} from the list; false when it was opened and is not there any more. */
static bool take_out(struct waiting *waiting)
{
    for (struct waiting **at = &all; *at != NULL; at = &(*at)->next) {
        if (*at != waiting)
            continue;
        *at = waiting->next;
        return true;
    }
    return false;
}

/* The doorkeeper: a thread that reads the FIFO. */

static void open_gate(const char *name, bool is_refused)
{
    uint64_t one = 1;

    pthread_mutex_lock(&lock);
    for (struct waiting *at = all, *next; at != NULL; at = next) {
        next = at->next;
        if (strcmp(at->name, name) != 0)
            continue;
        take_out(at);
        at->is_refused = is_refused;
        must(write(at->bell, &one, sizeof(one)) == sizeof(one));
    }
    pthread_mutex_unlock(&lock);
}

static void *keep_door(void *fifo)
{
    char line[64], name[32], how[16];

    for (;;) {
        must(fgets(line, sizeof(line), fifo) != NULL);
        *how = '\0';
        if (sscanf(line, "%31s %15s", name, how) >= 1)
            open_gate(name, strcmp(how, "refuse") == 0);
    }
}

/* Opened for writing as well: so it never ends. */
static void start_doorkeeper(void)
{
    int fd = open(getenv("GATE"), O_RDWR | O_CLOEXEC);
    pthread_t thread;

    must(fd >= 0);
    must(pthread_create(&thread, NULL, keep_door, fdopen(fd, "r+")) == 0);
    must(pthread_detach(thread) == 0);
}

/* The step. */

static enum step_result come_to(struct waiting *waiting, bool is_refused)
{
    struct refusal refusal = {.status = 503, .message = "Service temporarily unavailable"};

    return is_refused ? pipeline_refuse(&waiting->context->pipeline, refusal) : STEP_PASS;
}

/* The doorkeeper has let go of the bell when it has let go of the lock. */
static void on_bell(h2o_socket_t *socket, const char *error)
{
    struct waiting *waiting = socket->data;

    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    h2o_socket_close(socket);
    tell(waiting, "opened");
    pipeline_resume(&waiting->context->pipeline, come_to(waiting, waiting->is_refused));
}

static void cancel(void *state)
{
    struct waiting *waiting = state;

    pthread_mutex_lock(&lock);
    take_out(waiting);
    pthread_mutex_unlock(&lock);
    h2o_socket_close(waiting->socket);
    tell(waiting, "cancelled");
}

static enum step_result late(void *state)
{
    struct waiting *waiting = state;

    tell(waiting, "late");
    return come_to(waiting, strcmp(waiting->late, "refuse") == 0);
}

static void listen_for_bell(struct waiting *waiting)
{
    waiting->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    must(waiting->bell >= 0);
    waiting->socket = h2o_evloop_socket_create(waiting->context->request->worker->loop,
                                               waiting->bell, H2O_SOCKET_FLAG_DONT_READ);
    waiting->socket->data = waiting;
    h2o_socket_read_start(waiting->socket, on_bell);
    pthread_mutex_lock(&lock);
    waiting->next = all;
    all = waiting;
    pthread_mutex_unlock(&lock);
}

static enum step_result wait_at(struct request_context *context, const char *field)
{
    struct request *request = context->request;
    struct text gate = request_header(request, field);
    struct waiting *waiting = pool_zero(request->pool, sizeof(*waiting));
    int ms = 0;

    if (gate.at == NULL)
        return STEP_PASS;
    must(sscanf(pool_text(request->pool, gate).at, "%31s %d %15s", waiting->name, &ms,
                waiting->late) >= 1);
    waiting->context = context;
    pthread_once(&once, start_doorkeeper);
    listen_for_bell(waiting);
    tell(waiting, "waits");
    return pipeline_wait(&context->pipeline,
                         (struct pipeline_wait){
                             .state = waiting,
                             .until_ns = ms == 0 ? 0 : clock_now_ns() + ms * CLOCK_MS,
                             .cancel = cancel,
                             .late = ms == 0 ? NULL : late,
                         });
}

static enum step_result step_gate_early(struct request_context *context)
{
    return wait_at(context, "x-gate-early");
}

static enum step_result step_gate(struct request_context *context)
{
    return wait_at(context, "x-gate");
}

static struct step table[MORE_STEPS_MAX];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_table(void)
{
    static const struct more_step more[] = {{"guard", {"gate_early", step_gate_early}},
                                            {"access", {"gate", step_gate}}};

    more_steps(more, 2, table);
}

void request_steps_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request)
{
    pthread_once(&made, make_table);
    more_steps_run(table, dispatch, worker, request);
}
