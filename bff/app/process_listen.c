/* See process_listen.h. */
#include <sched.h>

#include "bff/app/process_listen.h"
#include "bff/base/memory.h"

unsigned process_listen_workers(const struct config *config)
{
    cpu_set_t cores;

    if (config->workers > 0)
        return config->workers;
    return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1;
}

/* The rows of ${http} that another configuration has, too, share their sockets with it. */
static bool has_sockets(const struct http_settings *http, const int *fds)
{
    for (size_t i = 0; i < http->listen_count; i++)
        if (http->listens[i].fds == fds)
            return true;
    return false;
}

/* Returns the open listener of clients that ${on} asks for, and that ${next} does not have yet;
 * NULL: there is none. */
static const struct listen *find(const struct process *process, const struct http_settings *next,
                                 const struct config_listen *on)
{
    const struct http_settings *now = &process->current->http;

    for (size_t i = 0; i < now->listen_count; i++)
        if (!now->listens[i].is_admin && !has_sockets(next, now->listens[i].fds) &&
            listen_is_on(&now->listens[i], (const struct sockaddr *)&on->address))
            return &now->listens[i];
    return NULL;
}

/* What a configuration says of a listener. The rest says where its sockets are. */
static void say(struct listen *listen, const struct config_listen *on, bool is_admin)
{
    listen->is_tls = on->is_tls;
    listen->is_admin = is_admin;
    listen->has_proxy_header = on->has_proxy_header;
}

static struct listen *add(struct http_settings *next, struct listen listen)
{
    next->listens[next->listen_count] = listen;
    return &next->listens[next->listen_count++];
}

static int open_one(struct process *process, struct http_settings *next,
                    const struct config_listen *on, bool is_admin)
{
    struct listen listen = {.address = on->address, .address_len = on->address_len};

    say(&listen, on, is_admin);
    int error = listen_open(&listen, process->settings.workers);
    if (error == 0)
        add(next, listen);
    return error;
}

static int listen_on(struct process *process, struct http_settings *next,
                     const struct config_listen *on)
{
    const struct listen *open = process->current == NULL ? NULL : find(process, next, on);

    if (open == NULL)
        return open_one(process, next, on, false);
    say(add(next, *open), on, false);
    return 0;
}

static int listen_admin(struct process *process, struct http_settings *next,
                        const struct config *config)
{
    const struct http_settings *now = process->current == NULL ? NULL : &process->current->http;

    if (now == NULL)
        return config->admin == NULL ? 0 : open_one(process, next, config->admin, true);
    if (now->listen_count > 0 && now->listens[now->listen_count - 1].is_admin)
        add(next, now->listens[now->listen_count - 1]);
    return 0;
}

static void close_one(struct listen *listen)
{
    listen_unlink(listen);
    listen_close(listen);
}

/* Closes the listeners of ${next} that no other generation has. */
static void give_up(struct process *process, struct http_settings *next)
{
    for (size_t i = 0; i < next->listen_count; i++)
        if (process->current == NULL || !has_sockets(&process->current->http, next->listens[i].fds))
            close_one(&next->listens[i]);
    next->listen_count = 0;
}

int process_listen(struct process *process, struct generation *generation, const char **where)
{
    const struct config *config = &generation->config;
    struct http_settings *next = &generation->http;
    int error = 0;

    if (process->current == NULL)
        process->settings.workers = process_listen_workers(config);
    next->listens = pool_zero(generation->pool, (config->listen_count + 1) * sizeof(struct listen));
    next->listen_count = 0;
    for (size_t i = 0; i < config->listen_count && error == 0; i++) {
        *where = config->listens[i].text;
        error = listen_on(process, next, &config->listens[i]);
    }
    if (error == 0) {
        *where = config->admin == NULL ? NULL : config->admin->text;
        error = listen_admin(process, next, config);
    }
    if (error != 0)
        give_up(process, next);
    return error;
}

void process_listen_left(struct process *process, const struct generation *next)
{
    const struct http_settings *now = &process->current->http;

    for (size_t i = 0; i < now->listen_count; i++) {
        if (has_sockets(&next->http, now->listens[i].fds))
            continue;
        process->left =
            memory_grow(process->left, (process->left_count + 1) * sizeof(*process->left));
        process->left[process->left_count++] = now->listens[i];
    }
}

void process_listen_settle(struct process *process)
{
    for (size_t i = 0; i < process->left_count; i++)
        close_one(&process->left[i]);
    memory_free(process->left);
    process->left = NULL;
    process->left_count = 0;
}

void process_listen_end(struct process *process)
{
    process_listen_settle(process);
    if (process->current != NULL)
        for (size_t i = 0; i < process->current->http.listen_count; i++)
            close_one(&process->current->http.listens[i]);
}
