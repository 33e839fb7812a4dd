/* See rehearsal_server.h. */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bff/app/process.h"
#include "bff/app/process_listen.h"
#include "bff/app/process_mocks.h"
#include "bff/app/rehearsal_server.h"
#include "bff/base/check.h"

static int own_output = -1;

/* The ready line and the log go nowhere. */
static void hide_output(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    fflush(stdout);
    own_output = dup(STDOUT_FILENO);
    must(nowhere != -1 && own_output != -1 && dup2(nowhere, STDOUT_FILENO) == STDOUT_FILENO);
    close(nowhere);
}

static void show_output(void)
{
    fflush(stdout);
    must(dup2(own_output, STDOUT_FILENO) == STDOUT_FILENO);
    close(own_output);
}

/* One listener, whatever the file says. Nothing is limited. */
static void change(struct config *config)
{
    struct config_listen *listen = &config->listens[0];
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *listen = (struct config_listen){.text = listen->text, .address_len = sizeof(address)};
    memcpy(&listen->address, &address, sizeof(address));
    config->listen_count = 1;
    config->admin = NULL;
    config->workers = 1;
    config->has_access_log = false;
    config->rate_limits.count = 0;
}

static uint16_t port_of(const struct listen *listen)
{
    struct sockaddr_in address;

    memcpy(&address, &listen->address, sizeof(address));
    return ntohs(address.sin_port);
}

static void wait_until_ready(struct process *process)
{
    struct pollfd bell = {.fd = process->thread.bell, .events = POLLIN};

    while (!atomic_load(&process->thread.is_ready)) {
        poll(&bell, 1, -1);
        first_thread_heard(&process->thread);
    }
}

static const char *open_all(struct process *process, struct generation *generation)
{
    const char *where, *wrong = generation_prepare(generation);
    int error = wrong == NULL ? process_listen(process, generation, &where) : 0;

    return error != 0 ? strerror(error) : wrong;
}

struct process *rehearsal_server_start(struct rehearsal *rehearsal)
{
    struct generation *generation = rehearsal->generation;
    struct process *process = process_new();
    const char *wrong = NULL;

    signal(SIGPIPE, SIG_IGN);
    change(&generation->config);
    bool has_mocks = process_mocks_start(process, &generation->config) == 0;
    if (has_mocks)
        wrong = open_all(process, generation);
    if (wrong != NULL)
        fprintf(stderr, "--rehearse: %s\n", wrong);
    if (!has_mocks || wrong != NULL) {
        process_end(process);
        return NULL;
    }
    rehearsal->port = port_of(&generation->http.listens[0]);
    hide_output();
    process_start(process, generation);
    wait_until_ready(process);
    return process;
}

void rehearsal_server_stop(struct process *process)
{
    if (process == NULL)
        return;
    process_stop(process);
    process_end(process);
    show_output();
}
