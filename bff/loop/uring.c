/*
 * See uring.h. We share two rings with the kernel: a ring of calls to make, and a ring of results.
 * We move the tail of the first ring and the head of the second. The kernel reads and writes the
 * rings only while we are in io_uring_enter(2).
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/loop/uring.h"

#define FLAGS (MSG_DONTWAIT | MSG_NOSIGNAL)

struct mapping {
    void *at; /* NULL: there is no mapping */
    size_t bytes;
};

struct uring {
    int fd;
    struct mapping rings, entries;
    _Atomic uint32_t *todo_tail;
    uint32_t todo_mask;
    uint32_t *todo; /* indexes of entries */
    _Atomic uint32_t *done_head, *done_tail;
    uint32_t done_mask;
    struct io_uring_cqe *done;
    struct uring_call *calls[URING_CALLS]; /* the calls that were added */
    size_t count;
};

/* Since Linux 6.0, a flag says that only one thread uses the ring. This saves the kernel some
 * work. */
static int setup(struct io_uring_params *params)
{
    *params = (struct io_uring_params){.flags = IORING_SETUP_SINGLE_ISSUER};
    int fd = (int)syscall(SYS_io_uring_setup, URING_CALLS, params);

    if (fd != -1 || errno != EINVAL)
        return fd;
    *params = (struct io_uring_params){0};
    return (int)syscall(SYS_io_uring_setup, URING_CALLS, params);
}

static struct mapping map(int fd, size_t bytes, off_t what)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);

    return (struct mapping){at == MAP_FAILED ? NULL : at, bytes};
}

static void unmap(struct mapping mapping)
{
    if (mapping.at != NULL)
        munmap(mapping.at, mapping.bytes);
}

/* We need two features: one mapping for both rings (since Linux 5.4), and sends to sockets (since
 * 5.6). A kernel that sets both flags below is 5.7 or later, so it has both features. */
static bool map_all(struct uring *uring, const struct io_uring_params *params)
{
    size_t todo_end = params->sq_off.array + params->sq_entries * sizeof(uint32_t);
    size_t done_end = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);

    if ((params->features & IORING_FEAT_SINGLE_MMAP) == 0 ||
        (params->features & IORING_FEAT_FAST_POLL) == 0) {
        errno = ENOSYS;
        return false;
    }
    uring->rings = map(uring->fd, todo_end > done_end ? todo_end : done_end, IORING_OFF_SQ_RING);
    uring->entries =
        map(uring->fd, params->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    return uring->rings.at != NULL && uring->entries.at != NULL;
}

static void find_rings(struct uring *uring, const struct io_uring_params *params)
{
    char *rings = uring->rings.at;

    uring->todo_tail = (_Atomic uint32_t *)(void *)(rings + params->sq_off.tail);
    uring->todo_mask = *(uint32_t *)(void *)(rings + params->sq_off.ring_mask);
    uring->todo = (uint32_t *)(void *)(rings + params->sq_off.array);
    uring->done_head = (_Atomic uint32_t *)(void *)(rings + params->cq_off.head);
    uring->done_tail = (_Atomic uint32_t *)(void *)(rings + params->cq_off.tail);
    uring->done_mask = *(uint32_t *)(void *)(rings + params->cq_off.ring_mask);
    uring->done = (struct io_uring_cqe *)(void *)(rings + params->cq_off.cqes);
}

struct uring *uring_new(void)
{
    struct io_uring_params params;
    int fd = setup(&params);

    if (fd == -1)
        return NULL;
    struct uring *uring = memory_new(sizeof(*uring));
    uring->fd = fd;
    if (!map_all(uring, &params)) {
        int error = errno;
        uring_free(uring);
        errno = error;
        return NULL;
    }
    find_rings(uring, &params);
    return uring;
}

void uring_free(struct uring *uring)
{
    if (uring == NULL)
        return;
    unmap(uring->rings);
    unmap(uring->entries);
    close(uring->fd);
    memory_free(uring);
}

void uring_add(struct uring *uring, struct uring_call *call)
{
    must(uring->count < URING_CALLS);
    uring->calls[uring->count++] = call;
}

/* Makes ${call} with send(2) or recv(2), without the ring. */
static void make_plain(struct uring_call *call)
{
    do
        call->result = call->is_send ? send(call->fd, call->at, call->len, FLAGS)
                                     : recv(call->fd, call->at, call->len, FLAGS);
    while (call->result == -1 && errno == EINTR);
    if (call->result == -1)
        call->result = -errno;
}

static void put(struct uring *uring)
{
    uint32_t tail = atomic_load_explicit(uring->todo_tail, memory_order_relaxed);

    for (size_t i = 0; i < uring->count; i++, tail++) {
        const struct uring_call *call = uring->calls[i];
        uint32_t place = tail & uring->todo_mask;
        ((struct io_uring_sqe *)uring->entries.at)[place] = (struct io_uring_sqe){
            .opcode = call->is_send ? IORING_OP_SEND : IORING_OP_RECV,
            .fd = call->fd,
            .addr = (uintptr_t)call->at,
            .len = (uint32_t)call->len,
            .msg_flags = FLAGS,
            .user_data = i,
        };
        uring->todo[place] = place;
    }
    atomic_store_explicit(uring->todo_tail, tail, memory_order_release);
}

/* Removes the last ${count} calls from the ring. The kernel has not taken them, and must not take
 * them later. */
static void take_back(struct uring *uring, size_t count)
{
    uint32_t tail = atomic_load_explicit(uring->todo_tail, memory_order_relaxed);

    atomic_store_explicit(uring->todo_tail, tail - (uint32_t)count, memory_order_release);
}

static size_t take_done(struct uring *uring)
{
    uint32_t head = atomic_load_explicit(uring->done_head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(uring->done_tail, memory_order_acquire);
    size_t taken = tail - head;

    for (; head != tail; head++) {
        const struct io_uring_cqe *done = &uring->done[head & uring->done_mask];
        uring->calls[done->user_data]->result = done->res;
    }
    atomic_store_explicit(uring->done_head, head, memory_order_release);
    return taken;
}

static long enter(const struct uring *uring, size_t submit, size_t wait)
{
    long taken;

    do
        taken = syscall(SYS_io_uring_enter, uring->fd, submit, wait,
                        wait > 0 ? IORING_ENTER_GETEVENTS : 0, NULL, 0);
    while (taken == -1 && errno == EINTR);
    return taken;
}

/* Makes the calls with the ring, and returns how many calls the kernel has made. Waiting for the
 * results takes no time, since no call blocks. */
static size_t make_by_ring(struct uring *uring)
{
    put(uring);
    long result = enter(uring, uring->count, 0);
    size_t taken = result > 0 ? (size_t)result : 0;
    size_t done = take_done(uring);

    while (done < taken) {
        must(enter(uring, 0, taken - done) >= 0);
        done += take_done(uring);
    }
    take_back(uring, uring->count - taken);
    return taken;
}

/*
 * A single call is made without the ring, because that is cheaper. If the kernel is short of
 * memory, it does not take all calls. The calls that it did not take are made without the ring,
 * too.
 */
void uring_run(struct uring *uring)
{
    size_t made = uring->count > 1 ? make_by_ring(uring) : 0;

    for (; made < uring->count; made++)
        make_plain(uring->calls[made]);
    uring->count = 0;
}
