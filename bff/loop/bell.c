/* See bell.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <fcntl.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/loop/bell.h"

/* The file and ${is_rung} exist as long as any bell of the registry is taken, because another
 * thread may still ring. The other members belong to the thread that has taken the bell. */
struct bell {
    int fd;
    atomic_bool is_rung; /* it was rung, and its loop has not seen this yet */
    struct bell *next;
    struct bells *of;
    bool is_taken;
    h2o_socket_t *socket;
    h2o_linklist_t listeners;
};

/* All bells of a registry. */
struct bells {
    pthread_mutex_t lock; /* protects the list, and is_taken */
    struct bell *first;
};

static void bells_init(void *object, struct text name)
{
    must(pthread_mutex_init(&((struct bells *)object)->lock, NULL) == 0);
}

static void bells_dispose(void *object)
{
    struct bells *bells = object;

    while (bells->first != NULL) {
        struct bell *bell = bells->first;
        bells->first = bell->next;
        close(bell->fd);
        memory_free(bell);
    }
    pthread_mutex_destroy(&bells->lock);
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct bells), .init = bells_init, .dispose = bells_dispose};

/* The next listener is read before the call, because a listener may remove itself. */
static void on_rung(h2o_socket_t *socket, const char *error)
{
    struct bell *bell = socket->data;
    h2o_linklist_t *next;
    uint64_t rings;

    if (read(bell->fd, &rings, sizeof(rings)) < 0)
        return;
    atomic_exchange(&bell->is_rung, false); /* an exchange sees what was written before the ring */
    for (h2o_linklist_t *at = bell->listeners.next; at != &bell->listeners; at = next) {
        struct bell_listener *listener = H2O_STRUCT_FROM_MEMBER(struct bell_listener, link, at);
        next = at->next;
        listener->rung(listener);
    }
}

static struct bell *make(struct bells *bells)
{
    struct bell *bell = memory_new(sizeof(*bell));

    bell->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    must(bell->fd != -1);
    bell->of = bells;
    bell->next = bells->first;
    bells->first = bell;
    return bell;
}

/* Returns a bell that no thread has taken. Makes one when there is none. */
static struct bell *find(struct bells *bells)
{
    must(pthread_mutex_lock(&bells->lock) == 0);
    struct bell *bell = bells->first;
    while (bell != NULL && bell->is_taken)
        bell = bell->next;
    if (bell == NULL)
        bell = make(bells);
    bell->is_taken = true;
    must(pthread_mutex_unlock(&bells->lock) == 0);
    return bell;
}

/* The loop closes its socket, so it gets a file descriptor of its own. */
struct bell *bell_take(struct registry *registry, h2o_loop_t *loop)
{
    struct bell *bell = find(registry_hold(registry, &kind, TEXT("")));
    int fd = fcntl(bell->fd, F_DUPFD_CLOEXEC, 0);

    must(fd != -1);
    h2o_linklist_init_anchor(&bell->listeners);
    bell->socket = h2o_evloop_socket_create(loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    bell->socket->data = bell;
    h2o_socket_read_start(bell->socket, on_rung);
    return bell;
}

void bell_return(struct bell *bell)
{
    if (bell == NULL)
        return;
    struct bells *bells = bell->of;

    must(h2o_linklist_is_empty(&bell->listeners));
    h2o_socket_close(bell->socket);
    must(pthread_mutex_lock(&bells->lock) == 0);
    bell->is_taken = false;
    must(pthread_mutex_unlock(&bells->lock) == 0);
    registry_release(bells);
}

void bell_listen(struct bell *bell, struct bell_listener *listener)
{
    h2o_linklist_insert(&bell->listeners, &listener->link);
}

void bell_unlisten(struct bell_listener *listener)
{
    if (h2o_linklist_is_linked(&listener->link))
        h2o_linklist_unlink(&listener->link);
}

void bell_ring(struct bell *bell)
{
    uint64_t one = 1;

    if (!atomic_exchange(&bell->is_rung, true))
        must(write(bell->fd, &one, sizeof(one)) == sizeof(one));
}
