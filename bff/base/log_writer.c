/* See log_writer.h. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log_writer.h"
#include "bff/base/tally.h"

#define GATHER_MS 5
#define WRITE_BYTES ((size_t)64 * 1024) /* most bytes of one write: the default size of a pipe */

/* Writing. */

/* Writes some of ${text} and returns the number of bytes. Waits for the reader, even if the
 * descriptor does not block. Returns -1 when writing fails. */
static ssize_t write_some(const struct log_writer *writer, struct text text)
{
    for (;;) {
        ssize_t written = write(writer->fd, text.at, text.len);
        if (written > 0)
            return written;
        struct pollfd look = {.fd = writer->fd, .events = POLLOUT};
        if (errno == EAGAIN)
            poll(&look, 1, -1);
        else if (errno != EINTR)
            return -1;
    }
}

/* A closed pipe never gets a reader again; this is reported once, on standard error. Other failures
 * may end, for example when a full disk has room again. */
static void fail(struct log_writer *writer)
{
    writer->is_failing = true;
    if (errno != EPIPE && errno != EBADF)
        return;
    writer->is_broken = true;
    dprintf(STDERR_FILENO, "the log ends here: standard output: %s\n", strerror(errno));
}

/* Writes ${text} until all of it is written or a write fails. Returns the number of bytes. */
static size_t write_all(struct log_writer *writer, struct text text)
{
    size_t done = 0;

    while (done < text.len) {
        ssize_t some = write_some(writer, (struct text){text.at + done, text.len - done});
        if (some < 0) {
            fail(writer);
            return done;
        }
        done += (size_t)some;
        writer->is_torn = text.at[done - 1] != '\n';
    }
    return done;
}

/* Writes a line feed if a failure has cut the last line, so that the next line is not damaged. */
static void mend(struct log_writer *writer)
{
    if (writer->is_torn && !writer->is_failing)
        write_all(writer, TEXT("\n"));
}

/* Rings. */

static uint64_t count_lines(struct text text)
{
    uint64_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == '\n';
    return count;
}

static void drop(struct log_writer *writer, struct log_ring *ring, size_t bytes)
{
    while (bytes > 0) {
        struct text lost = log_ring_peek(ring, bytes);
        uint64_t lines = count_lines(lost);
        writer->dropped += lines;
        tally_add_many(TALLY_LOG_DROPPED, lines);
        log_ring_take(ring, lost.len);
        bytes -= lost.len;
    }
}

/* Writes ${bytes} bytes of the ring, but not the lines that are put in meanwhile. So a busy ring
 * cannot make the other rings wait forever. */
static void empty(struct log_writer *writer, struct log_ring *ring, size_t bytes)
{
    size_t left = bytes;

    if (bytes > 0)
        mend(writer);
    while (left > 0 && !writer->is_failing) {
        size_t written =
            write_all(writer, log_ring_peek(ring, left < WRITE_BYTES ? left : WRITE_BYTES));
        log_ring_take(ring, written);
        left -= written;
    }
    drop(writer, ring, left);
    writer->dropped += atomic_exchange_explicit(&ring->dropped, 0, memory_order_relaxed);
}

static void tell_dropped(struct log_writer *writer)
{
    struct log_line *line = &writer->line;

    if (writer->dropped == 0 || writer->is_failing)
        return;
    mend(writer);
    line->text.len = 0;
    log_line_raw(line, TEXT("{\"time\":"));
    log_line_time(line, clock_wall_ms());
    log_line_raw(line, TEXT(",\"event\":\"log_dropped\",\"lines\":"));
    log_line_number(line, (int64_t)writer->dropped);
    log_line_raw(line, TEXT("}\n"));
    if (write_all(writer, text_builder_text(&line->text)) == line->text.len)
        writer->dropped = 0;
}

/* Writes the bytes that are in the rings. Returns their number. */
static size_t empty_all(struct log_writer *writer)
{
    size_t events = log_ring_used(writer->events), bytes = events;

    writer->is_failing = writer->is_broken;
    for (struct log_ring *ring = atomic_load(&writer->rings); ring != NULL; ring = ring->next) {
        size_t used = log_ring_used(ring);
        empty(writer, ring, used);
        bytes += used;
    }
    empty(writer, writer->events, events);
    tell_dropped(writer);
    return bytes;
}

/* Resting. */

static bool has_work(const struct log_writer *writer)
{
    for (struct log_ring *ring = atomic_load(&writer->rings); ring != NULL; ring = ring->next)
        if (log_ring_used(ring) > 0)
            return true;
    return log_ring_used(writer->events) > 0;
}

static void after(unsigned ms, struct timespec *when)
{
    int64_t at_ns = clock_now_ns() + ms * CLOCK_MS, second_ns = 1000 * CLOCK_MS;

    *when = (struct timespec){.tv_sec = at_ns / second_ns, .tv_nsec = at_ns % second_ns};
}

static void wait_for(sem_t *semaphore, const struct timespec *until)
{
    while (sem_clockwait(semaphore, CLOCK_MONOTONIC, until) != 0)
        if (errno != EINTR)
            return;
}

static void nap(struct log_writer *writer)
{
    struct timespec until;

    after(GATHER_MS, &until);
    atomic_store(&writer->state, LOG_WRITER_NAPS);
    if (!atomic_load(&writer->is_ending))
        wait_for(&writer->wake, &until);
    atomic_store(&writer->state, LOG_WRITER_AWAKE);
}

/*
 * The writer sets its state and then looks at the rings a last time. A producer puts its line into
 * a ring and then reads the state. So at least one of the two threads sees the change of the other.
 */
static void sleep_well(struct log_writer *writer)
{
    atomic_store(&writer->state, LOG_WRITER_SLEEPS);
    if (!has_work(writer) && !atomic_load(&writer->is_ending))
        while (sem_wait(&writer->wake) != 0)
            must(errno == EINTR);
    atomic_store(&writer->state, LOG_WRITER_AWAKE);
}

static void *run(void *cookie)
{
    struct log_writer *writer = cookie;
    bool is_last;

    do {
        is_last = atomic_load(&writer->is_ending);
        size_t bytes = empty_all(writer);
        if (!is_last && bytes > 0)
            nap(writer);
        else if (!is_last)
            sleep_well(writer);
    } while (!is_last);
    log_line_free(&writer->line);
    atomic_store(&writer->is_over, true);
    must(sem_post(&writer->ended) == 0);
    return NULL;
}

/* From other threads. */

static void wake(struct log_writer *writer)
{
    if (atomic_exchange(&writer->state, LOG_WRITER_AWAKE) != LOG_WRITER_AWAKE)
        must(sem_post(&writer->wake) == 0);
}

void log_writer_add(struct log_writer *writer, struct log_ring *ring)
{
    ring->next = atomic_load(&writer->rings);
    while (!atomic_compare_exchange_weak(&writer->rings, &ring->next, ring))
        ;
}

void log_writer_nudge(struct log_writer *writer, const struct log_ring *ring)
{
    int state = atomic_load(&writer->state);

    if (state == LOG_WRITER_AWAKE)
        return;
    if (state == LOG_WRITER_SLEEPS || log_ring_used(ring) > ring->size / 2)
        wake(writer);
}

/* The thread blocks all signals. Instead of SIGPIPE it gets the error EPIPE. */
void log_writer_start(struct log_writer *writer, int fd, struct log_ring *events)
{
    sigset_t all, before;
    pthread_t thread;

    writer->fd = fd;
    writer->events = events;
    must(sem_init(&writer->wake, 0, 0) == 0 && sem_init(&writer->ended, 0, 0) == 0);
    writer->is_started = true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    must(pthread_create(&thread, NULL, run, writer) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    must(pthread_detach(thread) == 0);
}

int log_writer_end(struct log_writer *writer, unsigned patience_ms)
{
    struct timespec until;

    after(patience_ms, &until);
    atomic_store(&writer->is_ending, true);
    wake(writer);
    wait_for(&writer->ended, &until);
    return atomic_load(&writer->is_over) ? 0 : -1;
}
