/*
 * Takes any bytes as replies of a Redis server. The first byte of the input says what reads them:
 *
 *     g  a link, as the answer to its greeting     c  a connection, as the answers to commands
 *     s  a subscription                            any other letter: the reader alone
 *
 * The reader must read the same replies as a simple one, however the bytes are cut. On a
 * connection, every command must end once, and in the order in which it was sent.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/store/redis.h"
#include "bff/store/redis_subscribe.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/redis_reference.h"

#define BYTES_MOST 4096
#define EVERY_CUT_MOST 100
#define COMMANDS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In the place of the log's function. */
void log_event(const char *event, const struct log_field *fields) {}

/* The reader. */

static void print(struct text_builder *out, const struct redisReply *reply)
{
    char digits[TEXT_DIGITS + 2];

    switch (reply->type) {
    case REDIS_REPLY_ARRAY:
        text_builder_add(out, TEXT("["));
        for (size_t i = 0; i < reply->elements; i++)
            print(out, reply->element[i]);
        text_builder_add(out, TEXT("]"));
        break;
    case REDIS_REPLY_INTEGER:
        snprintf(digits, sizeof(digits), "%lld", reply->integer);
        reference_print(out, ':', text_of(digits));
        break;
    case REDIS_REPLY_NIL:
        reference_print(out, '_', (struct text){0});
        break;
    default:
        reference_print(out,
                        reply->type == REDIS_REPLY_ERROR    ? '-'
                        : reply->type == REDIS_REPLY_STATUS ? '+'
                                                            : '$',
                        (struct text){reply->str, reply->len});
    }
}

/* Reads all replies of the bytes that have been fed. */
static enum redis_reader_step drain(struct redis_reader *reader, struct text_builder *out)
{
    enum redis_reader_step step;
    struct redisReply *reply;

    while ((step = redis_reader_next(reader, &reply)) == REDIS_READER_REPLY) {
        print(out, reply);
        freeReplyObject(reply);
    }
    return step;
}

static void check_cuts(void *cookie, const struct cuts *cuts)
{
    const char *bytes = cookie;
    struct text_builder want = {0}, got = {0};
    struct redis_reader reader;
    enum redis_reader_step step = REDIS_READER_MORE;
    enum reference_end end = reference_read((struct text){bytes, cuts->len}, &want);

    redis_reader_begin(&reader);
    for (size_t at = 0, len; at < cuts->len && step == REDIS_READER_MORE; at += len) {
        len = cuts_piece(cuts, at);
        char *copy = chance_copy(bytes + at, len);
        redis_reader_feed(&reader, copy, len);
        free(copy);
        step = drain(&reader, &got);
    }
    must((step == REDIS_READER_BROKEN) == (end == REFERENCE_BROKEN));
    must(text_equal(text_builder_text(&got), text_builder_text(&want)));
    redis_reader_end(&reader);
    text_builder_free(&want);
    text_builder_free(&got);
}

/* A connection. */

static struct {
    h2o_loop_t *loop;
    h2o_timeout_t soon;
    struct timers timers;
    struct registry *registry;
    struct redis_loop on;
    struct redis_settings settings;
    char path[64];
    int listen, client;
    size_t ended;
} stage;

static struct one {
    struct redis_command command;
    size_t number;
} ones[COMMANDS];

static void no_wake(struct timers *timers, int64_t at_ns) {}

static void remove_path(void) { unlink(stage.path); }

/* libh2o does not give all of a loop back. So one loop serves all inputs. */
static void begin(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    stage.loop = h2o_evloop_create();
    h2o_timeout_init(stage.loop, &stage.soon, 0);
    timers_init(&stage.timers, no_wake);
    stage.on =
        (struct redis_loop){.loop = stage.loop, .soon = &stage.soon, .timers = &stage.timers};
    snprintf(stage.path, sizeof(stage.path), "/tmp/bff-redis-fuzz-%d", (int)getpid());
    memcpy(at.sun_path, stage.path, sizeof(stage.path));
    stage.listen = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(stage.listen, (struct sockaddr *)&at, sizeof(at)) == 0);
    must(listen(stage.listen, 16) == 0);
    must(atexit(remove_path) == 0);
    stage.settings = (struct redis_settings){
        .is_on = true, .socket = stage.path, .connect_ms = 60000, .timeout_ms = 60000};
}

static void steps(unsigned count)
{
    while (count-- > 0)
        must(h2o_evloop_run(stage.loop, 0) == 0);
}

/* The client may have closed the connection already. */
static void say(struct text bytes) { (void)!send(stage.client, bytes.at, bytes.len, MSG_NOSIGNAL); }

static void accept_client(void)
{
    steps(2);
    stage.client = accept4(stage.listen, NULL, NULL, SOCK_CLOEXEC);
    must(stage.client >= 0);
}

static void greet(void)
{
    accept_client();
    steps(2);
    say(TEXT("*4\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n+PONG\r\n"));
    steps(2);
}

static void on_done(struct redis_command *command, enum redis_end end_,
                    const struct redisReply *reply)
{
    const struct one *one = (const struct one *)command;

    must(one->number == stage.ended++ && (reply == NULL) == (end_ == REDIS_DOWN));
}

static void feed_commands(struct text bytes)
{
    struct redis *redis = redis_new(&stage.on, stage.registry, &stage.settings);

    greet();
    must(redis_is_up(redis));
    stage.ended = 0;
    for (size_t i = 0; i < COMMANDS; i++) {
        ones[i] = (struct one){.command = {.done = on_done}, .number = i};
        must(redis_send(redis, &ones[i].command, (struct text[]){TEXT("A")}, 1, 0));
    }
    steps(2);
    say(bytes);
    steps(2);
    close(stage.client);
    steps(2);
    must(!redis_is_up(redis) && stage.ended == COMMANDS);
    redis_free(redis);
}

static void feed_greeting(struct text bytes)
{
    struct redis *redis = redis_new(&stage.on, stage.registry, &stage.settings);

    accept_client();
    steps(2);
    say(bytes);
    steps(2);
    close(stage.client);
    steps(2);
    must(!redis_is_up(redis));
    redis_free(redis);
}

static void on_message(void *cookie, struct text payload)
{
    must(payload.at != NULL && memchr(payload.at, 0, payload.len + 1) != NULL);
}

static void on_missed(void *cookie) {}

static void feed_subscription(struct text bytes)
{
    static const struct redis_subscriber user = {.message = on_message, .missed = on_missed};
    struct redis_subscribe *subscribe =
        redis_subscribe_new(&stage.on, &stage.settings, TEXT("a"), &user, NULL);

    greet();
    say(bytes);
    steps(2);
    close(stage.client);
    steps(2);
    redis_subscribe_free(subscribe);
}

static void feed_connection(char where, struct text bytes)
{
    if (stage.loop == NULL)
        begin();
    stage.registry = registry_new();
    if (where == 'g')
        feed_greeting(bytes);
    else if (where == 'c')
        feed_commands(bytes);
    else
        feed_subscription(bytes);
    steps(1);
    registry_free(stage.registry); /* fails when a state has references */
    must(stage.timers.count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > BYTES_MOST)
        return 0;
    size_t len = size - 1;
    char *bytes = chance_copy(data + 1, len);

    if (data[0] == 'g' || data[0] == 'c' || data[0] == 's')
        feed_connection((char)data[0], (struct text){bytes, len});
    else
        cuts_each(len, EVERY_CUT_MOST, chance_of(bytes, len), check_cuts, bytes);
    free(bytes);
    return 0;
}
