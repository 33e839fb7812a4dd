/* Requests and responses for the tests of the cache's rules, written as one line:
 * "GET | name: value | name: value" and "200 | name: value". */
#ifndef TESTS_UNIT_CACHE_MESSAGE_H
#define TESTS_UNIT_CACHE_MESSAGE_H

#include <stdlib.h>
#include <time.h>

#include "bff/base/check.h"
#include "bff/base/text_builder.h"
#include "bff/cache/cache_field.h"
#include "bff/cache/cache_request.h"
#include "bff/upstream/exchange.h"

#define CACHE_MESSAGE_FIELDS 16

struct cache_message {
    struct text first; /* the method or the status */
    struct exchange_field fields[CACHE_MESSAGE_FIELDS];
    size_t count;
    struct pool *pool;
};

/* Reads "now+60", "rfc850 now-60" or "asctime now" as a date. */
static inline struct text cache_message_date(struct pool *pool, struct text text, int64_t now_s)
{
    bool is_850 = text_starts(text, TEXT("rfc850 ")),
         is_asctime = text_starts(text, TEXT("asctime "));
    const char *format = is_850       ? "%A, %d-%b-%y %H:%M:%S GMT"
                         : is_asctime ? "%a %b %e %H:%M:%S %Y"
                                      : "%a, %d %b %Y %H:%M:%S GMT";
    struct text shift = text;
    time_t at_s;
    struct tm tm;
    char out[64];

    while (shift.len > 0 && shift.at[0] != '+' && shift.at[0] != '-') {
        shift.at++;
        shift.len--;
    }
    at_s = (time_t)(now_s + atoll(pool_text(pool, shift).at));
    gmtime_r(&at_s, &tm);
    return pool_text(pool, (struct text){out, strftime(out, sizeof(out), format, &tm)});
}

/* Replaces {...} in ${text} by dates. */
static inline struct text cache_message_dates(struct pool *pool, struct text text, int64_t now_s)
{
    struct text_builder out;

    text_builder_init(&out, pool, text.len + 64);
    while (text.len > 0) {
        struct text before = text_cut(&text, '{');
        text_builder_add(&out, before);
        if (text.len > 0)
            text_builder_add(&out, cache_message_date(pool, text_cut(&text, '}'), now_s));
    }
    return text_builder_text(&out);
}

static inline struct cache_message cache_message_read(struct pool *pool, struct text line,
                                                      int64_t now_s)
{
    struct text rest = cache_message_dates(pool, line, now_s);
    struct cache_message message = {.first = text_trim(text_cut(&rest, '|')), .pool = pool};

    while (rest.len > 0) {
        struct text value = text_trim(text_cut(&rest, '|'));
        struct text name = text_cut(&value, ':');
        must(message.count < CACHE_MESSAGE_FIELDS);
        if (value.at == NULL)
            value = TEXT("");
        message.fields[message.count++] = (struct exchange_field){name, text_trim(value)};
    }
    return message;
}

static inline struct exchange_head cache_message_head(struct cache_message *message)
{
    return (struct exchange_head){.status = atoi(pool_text(message->pool, message->first).at),
                                  .fields = message->fields,
                                  .field_count = message->count};
}

/* cache_request.field of a message. */
static inline struct text cache_message_field(void *cookie, const char *name)
{
    struct cache_message *message = cookie;
    struct text_builder list;
    bool is_there = false;

    text_builder_init(&list, message->pool, 64);
    for (size_t i = 0; i < message->count; i++)
        if (text_equal_nocase(message->fields[i].name, text_of(name))) {
            text_builder_add(&list, is_there ? TEXT(", ") : TEXT(""));
            text_builder_add(&list, message->fields[i].value);
            is_there = true;
        }
    if (!is_there)
        return (struct text){0};
    return list.len == 0 ? TEXT("") : text_builder_text(&list);
}

static inline struct cache_request cache_message_request(struct cache_message *message)
{
    return (struct cache_request){
        .method = message->first,
        .field = cache_message_field,
        .cookie = message,
        .has_user = cache_field_find(message->fields, message->count, "authorization").at != NULL};
}

#endif
