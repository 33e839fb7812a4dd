/* See log.h. */
#include <pthread.h>
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/base/log_ring.h"
#include "bff/base/log_writer.h"
#include "bff/base/memory.h"

#define RING_BYTES ((size_t)1024 * 1024)

/* The ring and the unfinished line of a thread. Both stay in memory when the thread ends, since the
 * writer still uses the ring. */
struct source {
    struct log_ring ring;
    struct log_line line; /* the line that the thread builds now */
};

static struct log_writer writer;
static _Thread_local struct source *own;
static struct source shared;
static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;

void log_own_ring(void)
{
    must(own == NULL);
    own = memory_new(sizeof(*own));
    log_ring_init(&own->ring, RING_BYTES);
    log_writer_add(&writer, &own->ring);
}

static void lock_shared(void)
{
    must(pthread_mutex_lock(&shared_lock) == 0);
    if (shared.ring.bytes == NULL)
        log_ring_init(&shared.ring, RING_BYTES);
}

static void unlock_shared(void) { must(pthread_mutex_unlock(&shared_lock) == 0); }

struct log_line *log_begin(void)
{
    struct source *source = own;

    if (source == NULL) {
        lock_shared();
        source = &shared;
    }
    source->line.text.len = 0;
    return &source->line;
}

void log_send(struct log_line *line)
{
    struct source *source = own != NULL ? own : &shared;

    must(line == &source->line);
    log_line_raw(line, TEXT("\n"));
    log_ring_put(&source->ring, text_builder_text(&line->text));
    log_writer_nudge(&writer, &source->ring);
    if (source == &shared)
        unlock_shared();
}

void log_event(const char *event, const struct log_field *fields)
{
    struct log_line *line = log_begin();

    log_line_raw(line, TEXT("{\"time\":"));
    log_line_time(line, clock_wall_ms());
    log_line_raw(line, TEXT(",\"event\":\""));
    log_line_raw(line, text_of(event));
    log_line_raw(line, TEXT("\""));
    for (; fields != NULL && fields->name != NULL; fields++) {
        log_line_raw(line, TEXT(",\""));
        log_line_raw(line, text_of(fields->name));
        log_line_raw(line, TEXT("\":"));
        if (fields->text.at != NULL)
            log_line_string(line, fields->text);
        else
            log_line_number(line, fields->number);
    }
    log_line_raw(line, TEXT("}"));
    log_send(line);
}

void log_start(int fd)
{
    lock_shared();
    log_writer_start(&writer, fd, &shared.ring);
    unlock_shared();
}

void log_stop(unsigned patience_ms)
{
    if (writer.is_started)
        (void)log_writer_end(&writer, patience_ms);
}
