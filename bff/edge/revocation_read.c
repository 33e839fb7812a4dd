/* See revocation_read.h. */
#include <stdlib.h>

#include "bff/base/clock.h"
#include "bff/base/pool.h"
#include "bff/edge/revocation_record.h"
#include "bff/edge/revocation_tell.h"

#include "bff/edge/revocation_read.h"

#define PAGE "1000"      /* entries; Redis may send a few more or less */
#define PAGES_MOST 10000 /* more than the set can have */

static bool ask(struct revocation_read *read, struct text cursor)
{
    const struct text texts[] = {TEXT("ZSCAN"), TEXT(REVOCATION_TELL_KEY), cursor, TEXT("COUNT"),
                                 TEXT(PAGE)};

    return redis_send(read->redis, &read->command, texts, sizeof(texts) / sizeof(texts[0]), 0);
}

/* An entry that is not understood is left out: another version may have written it. */
static void take(struct revocation_read *read, struct pool *pool, const struct redisReply *member,
                 const struct redisReply *score, int64_t now_s)
{
    struct revocation_record record;

    if (member->type != REDIS_REPLY_STRING || score->type != REDIS_REPLY_STRING ||
        revocation_record_read(pool, (struct text){member->str, member->len}, &record) != NULL)
        return;
    record.until_s = (int64_t)strtoll(score->str, NULL, 10);
    revocation_record_add(read->revocation, &record, now_s);
}

static void take_page(struct revocation_read *read, const struct redisReply *page)
{
    struct pool *pool = pool_new();
    int64_t now_s = clock_wall_s();

    for (size_t i = 0; i + 1 < page->elements; i += 2)
        take(read, pool, page->element[i], page->element[i + 1], now_s);
    pool_free(pool);
}

static bool is_page(const struct redisReply *reply)
{
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
           reply->element[0]->type == REDIS_REPLY_STRING &&
           reply->element[1]->type == REDIS_REPLY_ARRAY;
}

static void on_page(struct redis_command *command, enum redis_end end,
                    const struct redisReply *reply)
{
    struct revocation_read *read = H2O_STRUCT_FROM_MEMBER(struct revocation_read, command, command);

    if (end == REDIS_DOWN || !is_page(reply)) {
        read->done(read, false);
        return;
    }
    struct text cursor = {reply->element[0]->str, reply->element[0]->len};
    take_page(read, reply->element[1]);
    if (text_is(cursor, "0"))
        read->done(read, true);
    else if (++read->pages == PAGES_MOST || !ask(read, cursor))
        read->done(read, false);
}

bool revocation_read_start(struct revocation_read *read, struct redis *redis,
                           struct revocation *revocation)
{
    read->command.done = on_page;
    read->redis = redis;
    read->revocation = revocation;
    read->pages = 0;
    return ask(read, TEXT("0"));
}

void revocation_read_cancel(struct revocation_read *read) { redis_cancel(&read->command); }
