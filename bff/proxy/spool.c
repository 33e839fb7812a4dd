/* See spool.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/base/log.h"
#include "bff/base/log_pace.h"
#include "bff/base/memory.h"
#include "bff/proxy/spool.h"

#define FILE_MODE 0600
#define NAME_SIZE ((size_t)4096)

struct spool {
    const struct spool_settings *settings;
    unsigned references;
    char *bytes; /* the body, or the beginning of it until there is a file */
    size_t capacity;
    uint64_t size;
    int fd;            /* -1: no file */
    uint64_t reserved; /* of all_bytes */
};

/* Bytes of all files of the process. */
static _Atomic uint64_t all_bytes;

struct spool *spool_new(const struct spool_settings *settings)
{
    struct spool *spool = memory_new(sizeof(*spool));

    spool->settings = settings;
    spool->references = 1;
    spool->fd = -1;
    return spool;
}

struct spool *spool_hold(struct spool *spool)
{
    spool->references++;
    return spool;
}

void spool_release(struct spool *spool)
{
    must(spool->references > 0);
    if (--spool->references > 0)
        return;
    if (spool->fd >= 0)
        close(spool->fd);
    atomic_fetch_sub(&all_bytes, spool->reserved);
    memory_free(spool->bytes);
    memory_free(spool);
}

static void log_failure(const char *what)
{
    static struct log_pace pace;
    const char *error = strerror(errno);

    if (log_pace_is_due(&pace))
        log_event("spool_failed", (struct log_field[]){{"cannot", .text = text_of(what)},
                                                       {"error", .text = text_of(error)},
                                                       {0}});
}

/* Some file systems have no files without a name. */
static int open_named(const char *dir)
{
    char name[NAME_SIZE];

    if (snprintf(name, sizeof(name), "%s/bff-upload-XXXXXX", dir) >= (int)sizeof(name)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

static int open_file(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, FILE_MODE);

    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
        fd = open_named(dir);
    return fd;
}

static bool write_all(int fd, struct text bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.at, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes.at += put;
        bytes.len -= (size_t)put;
    }
    return true;
}

/* Takes ${bytes} of what all spools of the process may use. */
static bool reserve(struct spool *spool, uint64_t bytes)
{
    if (atomic_fetch_add(&all_bytes, bytes) + bytes > spool->settings->max) {
        atomic_fetch_sub(&all_bytes, bytes);
        return false;
    }
    spool->reserved += bytes;
    return true;
}

static enum spool_result write_bytes(struct spool *spool, struct text bytes)
{
    if (!reserve(spool, bytes.len))
        return SPOOL_FULL;
    if (write_all(spool->fd, bytes))
        return SPOOL_GOOD;
    log_failure("write");
    return SPOOL_FAILED;
}

/* The body does not fit into memory any more. */
static enum spool_result begin_file(struct spool *spool)
{
    spool->fd = open_file(spool->settings->dir);
    if (spool->fd < 0) {
        log_failure("make a file");
        return SPOOL_FAILED;
    }
    enum spool_result result = write_bytes(spool, (struct text){spool->bytes, (size_t)spool->size});
    memory_free(spool->bytes);
    spool->bytes = NULL;
    return result;
}

static void keep(struct spool *spool, struct text bytes)
{
    size_t need = (size_t)spool->size + bytes.len;

    if (need > spool->capacity) {
        spool->capacity = need > spool->capacity * 2 ? need : spool->capacity * 2;
        spool->bytes = memory_grow(spool->bytes, spool->capacity);
    }
    memcpy(spool->bytes + spool->size, bytes.at, bytes.len);
}

enum spool_result spool_add(struct spool *spool, struct text bytes)
{
    enum spool_result result = SPOOL_GOOD;

    if (bytes.len == 0)
        return SPOOL_GOOD;
    if (spool->fd < 0 && spool->size + bytes.len <= spool->settings->memory) {
        keep(spool, bytes);
    } else {
        if (spool->fd < 0)
            result = begin_file(spool);
        if (result == SPOOL_GOOD)
            result = write_bytes(spool, bytes);
    }
    spool->size += bytes.len;
    return result;
}

uint64_t spool_size(const struct spool *spool) { return spool->size; }

struct text spool_in_memory(const struct spool *spool)
{
    return spool->fd >= 0 ? (struct text){0} : (struct text){spool->bytes, (size_t)spool->size};
}

size_t spool_read(const struct spool *spool, uint64_t at, char *into, size_t most)
{
    ssize_t got;

    do
        got = pread(spool->fd, into, most, (off_t)at);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        return (size_t)got;
    errno = got == 0 ? EIO : errno;
    log_failure("read");
    return 0;
}
