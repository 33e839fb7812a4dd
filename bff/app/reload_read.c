/* See reload_read.h. */
#include <string.h>

#include "bff/app/process_listen.h"
#include "bff/app/process_mocks.h"
#include "bff/app/reload_read.h"
#include "bff/http/server_tls.h"

#define RESTART "the change needs a restart"

static const struct place nowhere;

static const struct listen *admin_of(const struct process *process)
{
    const struct http_settings *http = &process->current->http;
    const struct listen *last = &http->listens[http->listen_count - 1];

    return last->is_admin ? last : NULL;
}

/* The listener of the admin pages stays as it is, and with https it needs a certificate. */
static void check_admin(const struct process *process, struct config *config)
{
    const struct listen *admin = admin_of(process);

    if (admin != NULL && admin->is_tls && config->tls == NULL)
        mistakes_add(&config->mistakes, &nowhere,
                     "admin.listen: its https address stays until a restart, and needs "
                     "tls.certificate and tls.key");
}

static void prepare(struct process *process, struct generation *next)
{
    struct config *config = &next->config;
    const char *where = NULL, *wrong;

    process_mocks_use(process, config);
    wrong = generation_prepare(next);
    if (wrong != NULL) {
        mistakes_add(&config->mistakes, &nowhere, "login: %s", wrong);
        return;
    }
    check_admin(process, config);
    if (config->mistakes.count > 0)
        return;
    server_tls_keep_tickets(config->tls, process->current->config.tls);
    int error = process_listen(process, next, &where);
    if (error != 0)
        mistakes_add(&config->mistakes, &nowhere, "cannot listen on %s: %s", where,
                     strerror(error));
}

struct generation *reload_read(struct process *process, const struct reload_settings *settings)
{
    struct generation *next =
        generation_load_again(settings->argc, settings->argv, settings->build);

    if (next->config.mistakes.count == 0)
        prepare(process, next);
    return next;
}

/* What only a restart changes. */

static bool has_same_admin(const struct listen *now, const struct config_listen *next)
{
    if (now == NULL || next == NULL)
        return now == NULL && next == NULL;
    return now->is_tls == next->is_tls &&
           listen_is_on(now, (const struct sockaddr *)&next->address);
}

void reload_read_fixed(const struct process *process, const struct config *next,
                       struct mistakes *lines)
{
    const struct listen *admin = admin_of(process);
    char url[LISTEN_URL_SIZE] = "no address";

    if (process_listen_workers(next) != process->settings.workers)
        mistakes_add(lines, &nowhere, "workers: " RESTART "; %u go on", process->settings.workers);
    if (next->may_use_io_uring != process->may_use_io_uring)
        mistakes_add(lines, &nowhere, "io_uring: " RESTART);
    if (admin != NULL)
        listen_url(admin, url);
    if (!has_same_admin(admin, next->admin))
        mistakes_add(lines, &nowhere, "admin.listen: " RESTART "; %s goes on", url);
}
