/* See key_answer.h. */
#include <endian.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/secret_hash.h"
#include "bff/http/field.h"
#include "bff/store/key_answer.h"

#define VERSION '1'
#define ANSWERED 'a'
#define LOST 'l'
#define HEAD_BYTES (2 + KEY_CLAIM_PRINT_BYTES)
#define NUMBERS_BYTES (2 * sizeof(uint16_t) + sizeof(uint32_t))
#define LENGTHS_BYTES (sizeof(uint16_t) + sizeof(uint32_t))
#define STATUS_LEAST 200u
#define STATUS_MOST 599u

/* Writing. */

static char *put(char *at, const void *bytes, size_t count)
{
    if (count > 0)
        memcpy(at, bytes, count);
    return at + count;
}

static char *put_number(char *at, uint64_t number, size_t bytes)
{
    uint64_t little = htole64(number);

    return put(at, &little, bytes);
}

static uint64_t checksum(const char *bytes, size_t len)
{
    static const struct secret_hash no_secret;

    return secret_hash_text(&no_secret, (struct text){bytes, len});
}

static char *put_head(char *at, const struct key_claim *claim, char state)
{
    *at++ = VERSION;
    *at++ = state;
    return put(at, claim->print, sizeof(claim->print));
}

static struct text end_value(char *begin, char *at)
{
    at = put_number(at, checksum(begin, (size_t)(at - begin)), KEY_ANSWER_CHECKSUM_BYTES);
    return (struct text){begin, (size_t)(at - begin)};
}

struct text key_answer_running(const struct key_claim *claim, enum key_answer_run run,
                               char out[KEY_ANSWER_RUNNING_BYTES])
{
    char *at = put_head(out, claim, (char)run);

    return end_value(out, put(at, claim->owner, sizeof(claim->owner)));
}

struct text key_answer_lost(const struct key_claim *claim, char out[KEY_ANSWER_LOST_BYTES])
{
    return end_value(out, put_head(out, claim, LOST));
}

struct size {
    size_t fields, body, all;
};

static struct size size_of(const struct reply *answer)
{
    struct size size = {.all = HEAD_BYTES + NUMBERS_BYTES + KEY_ANSWER_CHECKSUM_BYTES};

    for (size_t i = 0; i < answer->field_count; i++) {
        if (answer->fields[i].value.at == NULL)
            continue;
        size.fields++;
        size.all += LENGTHS_BYTES + strlen(answer->fields[i].name) + answer->fields[i].value.len;
    }
    for (size_t i = 0; i < answer->body_count; i++)
        size.body += answer->body[i].len;
    size.all += size.body;
    return size;
}

static char *put_fields(char *at, const struct reply *answer)
{
    for (size_t i = 0; i < answer->field_count; i++) {
        struct text name = text_of(answer->fields[i].name), value = answer->fields[i].value;
        if (value.at == NULL)
            continue;
        at = put_number(at, name.len, sizeof(uint16_t));
        at = put_number(at, value.len, sizeof(uint32_t));
        at = put(at, name.at, name.len);
        at = put(at, value.at, value.len);
    }
    return at;
}

struct text key_answer_write(const struct key_claim *claim, const struct reply *answer)
{
    struct size size = size_of(answer);
    char *begin, *at;

    if (size.all > KEY_ANSWER_MOST || size.fields > KEY_ANSWER_FIELDS)
        return (struct text){0};
    begin = memory_new(size.all);
    at = put_head(begin, claim, ANSWERED);
    at = put_number(at, (uint64_t)answer->status, sizeof(uint16_t));
    at = put_number(at, size.fields, sizeof(uint16_t));
    at = put_number(at, size.body, sizeof(uint32_t));
    at = put_fields(at, answer);
    for (size_t i = 0; i < answer->body_count; i++)
        at = put(at, answer->body[i].at, answer->body[i].len);
    struct text value = end_value(begin, at);
    must(value.len == size.all);
    return value;
}

/* Reading. */

struct reader {
    struct text rest;
    bool is_broken;
};

static struct text take(struct reader *reader, size_t bytes)
{
    struct text taken = {reader->rest.at, bytes};

    if (reader->is_broken || bytes > reader->rest.len) {
        reader->is_broken = true;
        return (struct text){0};
    }
    reader->rest = text_after(reader->rest, bytes);
    return taken;
}

static size_t take_number(struct reader *reader, size_t bytes)
{
    struct text text = take(reader, bytes);
    uint64_t little = 0;

    if (text.len > 0)
        memcpy(&little, text.at, text.len);
    return (size_t)le64toh(little);
}

/* Names are in lower case. A field that frames the answer does not pass. */
static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (text_lower_char(name.at[i]) != name.at[i])
            return false;
    return field_is_token(name) && field_may_return(name);
}

static struct reply_field take_field(struct reader *reader, struct pool *pool)
{
    size_t name_len = take_number(reader, sizeof(uint16_t));
    size_t value_len = take_number(reader, sizeof(uint32_t));
    struct text name = take(reader, name_len);
    struct text value = take(reader, value_len);

    reader->is_broken |= !is_name(name) || !field_is_value(value);
    if (reader->is_broken)
        return (struct reply_field){0};
    return (struct reply_field){pool_text(pool, name).at, pool_text(pool, value)};
}

static enum key_claim_end read_answer(struct reader *reader, struct pool *pool,
                                      struct reply *answer)
{
    size_t status = take_number(reader, sizeof(uint16_t));
    size_t count = take_number(reader, sizeof(uint16_t));
    size_t body_len = take_number(reader, sizeof(uint32_t));

    if (status < STATUS_LEAST || status > STATUS_MOST || count > KEY_ANSWER_FIELDS)
        return KEY_CLAIM_UNAVAILABLE;
    struct reply_field *fields = pool_take(pool, (count + 1) * sizeof(*fields));
    for (size_t i = 0; i < count; i++)
        fields[i] = take_field(reader, pool);
    if (reader->is_broken || body_len != reader->rest.len)
        return KEY_CLAIM_UNAVAILABLE;
    struct text *body = pool_take(pool, sizeof(*body));
    *body = pool_text(pool, reader->rest);
    *answer = (struct reply){
        .status = (int)status,
        .fields = fields,
        .field_count = count,
        .body = body,
        .body_count = 1,
    };
    return KEY_CLAIM_ANSWERED;
}

static bool is_run(char state)
{
    return state == KEY_ANSWER_FIRST || state == KEY_ANSWER_AGAIN || state == KEY_ANSWER_UNDOING;
}

bool key_answer_run_of(struct text value, enum key_answer_run *run)
{
    if (value.len != KEY_ANSWER_RUNNING_BYTES || !is_run(value.at[1]))
        return false;
    *run = (enum key_answer_run)value.at[1];
    return true;
}

bool key_answer_is_like(const struct key_claim *claim, struct text value)
{
    enum key_answer_run run;

    return key_answer_run_of(value, &run) &&
           memcmp(value.at + 2, claim->print, KEY_CLAIM_PRINT_BYTES) == 0;
}

bool key_answer_is_of(const struct key_claim *claim, struct text value)
{
    return key_answer_is_like(claim, value) &&
           memcmp(value.at + HEAD_BYTES, claim->owner, KEY_CLAIM_OWNER_BYTES) == 0;
}

static bool is_whole(struct text bytes)
{
    uint64_t sum;
    size_t len = bytes.len - sizeof(sum);

    if (bytes.len < HEAD_BYTES + sizeof(sum) || bytes.len > KEY_ANSWER_MOST)
        return false;
    memcpy(&sum, bytes.at + len, sizeof(sum));
    return le64toh(sum) == checksum(bytes.at, len) && bytes.at[0] == VERSION;
}

enum key_claim_end key_answer_read(const struct key_claim *claim, struct text bytes,
                                   struct pool *pool, struct reply *answer)
{
    struct reader reader = {.rest = bytes};

    if (!is_whole(bytes))
        return KEY_CLAIM_UNAVAILABLE;
    reader.rest.len -= KEY_ANSWER_CHECKSUM_BYTES;
    char state = take(&reader, 2).at[1];
    struct text print = take(&reader, KEY_CLAIM_PRINT_BYTES);
    bool is_same = memcmp(print.at, claim->print, print.len) == 0;
    if (is_run(state) && reader.rest.len == KEY_CLAIM_OWNER_BYTES)
        return is_same ? KEY_CLAIM_RUNNING : KEY_CLAIM_CONFLICT;
    if (state == LOST && reader.rest.len == 0)
        return is_same ? KEY_CLAIM_LOST : KEY_CLAIM_CONFLICT;
    if (state != ANSWERED)
        return KEY_CLAIM_UNAVAILABLE;
    return is_same ? read_answer(&reader, pool, answer) : KEY_CLAIM_CONFLICT;
}
