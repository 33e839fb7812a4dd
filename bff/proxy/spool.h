/*
 * The body of a request on disk: the first bytes in memory, and a body that is longer in a file
 * that has no name, so that nobody else can open it and nothing stays behind. All spools of the
 * process together have a limit.
 *
 * Reading and writing use the page cache of the kernel, in the thread of the worker. A piece is at
 * most BODY_PIECE_BYTES, which takes some microseconds unless the disk is slower than the clients
 * for a long time (docs/uploads.md).
 */
#ifndef BFF_PROXY_SPOOL_H
#define BFF_PROXY_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

/*
 *   dir     where files are made
 *   memory  bytes of a body that stay in memory; only a longer body needs a file
 *   max     the most bytes of all files of the process
 */
struct spool_settings {
    char *dir;
    size_t memory;
    size_t max;
};

enum spool_result {
    SPOOL_GOOD,
    SPOOL_FULL,   /* the limit of the process is reached */
    SPOOL_FAILED, /* the file cannot be made or written: the disk is full, or worse */
};

struct spool;

/* Makes an empty spool with one reference. ${settings} must live as long as bytes are added. */
struct spool *spool_new(const struct spool_settings *settings);

/* Adds and removes a reference. The last one frees the spool, and with it the file. */
struct spool *spool_hold(struct spool *spool);
void spool_release(struct spool *spool);

/* Adds ${bytes}. After a failure, which is logged, the spool can only be released. */
enum spool_result spool_add(struct spool *spool, struct text bytes);

uint64_t spool_size(const struct spool *spool);

/* Returns all bytes when they are in memory; absent when they are in a file. */
struct text spool_in_memory(const struct spool *spool);

/* Reads at most ${most} bytes of the file from the place ${at} on into ${into}. Returns their
 * number, at least 1; or 0 when the file cannot be read, which is logged. */
size_t spool_read(const struct spool *spool, uint64_t at, char *into, size_t most);

#endif
