/*
 * Reads the replies of a Redis server, with hiredis' reader and with bounds. The bytes come from
 * the network, so they may be anything. hiredis alone would allocate 16 GiB for "*2147483647\r\n",
 * and does not check the end of a string.
 */
#ifndef BFF_STORE_REDIS_READER_H
#define BFF_STORE_REDIS_READER_H

#include <stddef.h>

#include <hiredis/hiredis.h>

#define REDIS_READER_BYTES ((size_t)4 * 1024 * 1024) /* of one reply, at most */
#define REDIS_READER_ELEMENTS ((size_t)16 * 1024)    /* of all arrays of one reply, at most */

/* A reader that is all zero has not begun. */
struct redis_reader {
    redisReader *hiredis;
    redisReplyObjectFunctions *make; /* hiredis' own */
    redisReplyObjectFunctions bounded;
    size_t bytes;    /* of the reply that is being read, at least */
    size_t elements; /* of its arrays */
};

enum redis_reader_step {
    REDIS_READER_REPLY,  /* there is a reply */
    REDIS_READER_MORE,   /* more bytes are needed */
    REDIS_READER_BROKEN, /* the bytes are no reply, or it is too large. Nothing more can be read. */
};

/* ${reader} must stay at its place until redis_reader_end. */
void redis_reader_begin(struct redis_reader *reader);

/* Frees the memory. Does nothing for a reader that has not begun. */
void redis_reader_end(struct redis_reader *reader);

/* Adds bytes that have come. They are copied. To be called when redis_reader_next has returned
 * REDIS_READER_MORE, or as the first call. */
void redis_reader_feed(struct redis_reader *reader, const char *bytes, size_t len);

/* Reads the next reply. The caller frees it with freeReplyObject. */
enum redis_reader_step redis_reader_next(struct redis_reader *reader, struct redisReply **reply);

#endif
