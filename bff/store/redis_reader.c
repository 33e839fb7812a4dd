/* See redis_reader.h. */
#include "bff/base/check.h"
#include "bff/store/redis_reader.h"

/* hiredis has read the two bytes after a string, but it does not look at them. */
static void *make_string(const redisReadTask *task, char *at, size_t len)
{
    const struct redis_reader *reader = task->privdata;

    if (at[len] != '\r' || at[len + 1] != '\n')
        return NULL;
    return reader->make->createString(task, at, len);
}

static void *make_array(const redisReadTask *task, int count)
{
    struct redis_reader *reader = task->privdata;

    reader->elements += (size_t)count;
    if (reader->elements > REDIS_READER_ELEMENTS)
        return NULL;
    return reader->make->createArray(task, count);
}

void redis_reader_begin(struct redis_reader *reader)
{
    *reader = (struct redis_reader){.hiredis = redisReaderCreate()};
    must(reader->hiredis != NULL);
    reader->make = reader->hiredis->fn;
    reader->bounded = *reader->make;
    reader->bounded.createString = make_string;
    reader->bounded.createArray = make_array;
    reader->hiredis->fn = &reader->bounded;
    reader->hiredis->privdata = reader;
}

void redis_reader_end(struct redis_reader *reader)
{
    if (reader->hiredis != NULL)
        redisReaderFree(reader->hiredis);
    *reader = (struct redis_reader){0};
}

void redis_reader_feed(struct redis_reader *reader, const char *bytes, size_t len)
{
    reader->bytes += len;
    redisReaderFeed(reader->hiredis, bytes, len);
}

enum redis_reader_step redis_reader_next(struct redis_reader *reader, struct redisReply **reply)
{
    void *made = NULL;

    if (redisReaderGetReply(reader->hiredis, &made) != REDIS_OK)
        return REDIS_READER_BROKEN;
    *reply = made;
    if (made == NULL)
        return reader->bytes > REDIS_READER_BYTES ? REDIS_READER_BROKEN : REDIS_READER_MORE;
    reader->bytes = reader->hiredis->len - reader->hiredis->pos;
    reader->elements = 0;
    return REDIS_READER_REPLY;
}
