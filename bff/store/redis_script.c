/* See redis_script.h. */
#include <h2o.h>

#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/store/redis_script.h"

#define SHA1_BYTES (REDIS_SCRIPT_SHA1_DIGITS / 2)
#define WORDS 3 /* before the keys: EVALSHA, the digest, the number of keys */

void redis_script_init(struct redis_script *script, struct text source)
{
    unsigned char sha1[EVP_MAX_MD_SIZE];

    must(EVP_Digest(source.at, source.len, sha1, NULL, EVP_sha1(), NULL) == 1);
    script->source = source;
    text_hex(script->sha1, sha1, SHA1_BYTES);
}

/* ${name} is EVALSHA with the digest as ${script}, or EVAL with the source. */
static bool send_call(struct redis *redis, struct redis_script_call *call, struct text name,
                      struct text script)
{
    const struct redis_script_texts *texts = call->texts;
    struct text all[WORDS + REDIS_SCRIPT_TEXTS_MOST];
    char digits[TEXT_DIGITS];
    size_t count = WORDS;

    must(texts->key_count + texts->arg_count <= REDIS_SCRIPT_TEXTS_MOST);
    all[0] = name;
    all[1] = script;
    all[2] = text_digits(digits, texts->key_count);
    for (size_t i = 0; i < texts->key_count; i++)
        all[count++] = texts->keys[i];
    for (size_t i = 0; i < texts->arg_count; i++)
        all[count++] = texts->args[i];
    return redis_send(redis, &call->command, all, count, call->until_ns);
}

static bool is_unknown(const struct redisReply *reply)
{
    return reply->type == REDIS_REPLY_ERROR &&
           text_starts((struct text){reply->str, reply->len}, TEXT("NOSCRIPT "));
}

static struct redis_script_call *call_of(struct redis_command *command)
{
    return H2O_STRUCT_FROM_MEMBER(struct redis_script_call, command, command);
}

static void on_done(struct redis_command *command, enum redis_end end,
                    const struct redisReply *reply)
{
    struct redis_script_call *call = call_of(command);

    call->done(call, end, reply);
}

static void on_first_done(struct redis_command *command, enum redis_end end,
                          const struct redisReply *reply)
{
    struct redis_script_call *call = call_of(command);

    if (end != REDIS_REPLY || !is_unknown(reply)) {
        call->done(call, end, reply);
        return;
    }
    command->done = on_done;
    if (!send_call(call->redis, call, TEXT("EVAL"), call->script->source))
        call->done(call, REDIS_DOWN, NULL);
}

bool redis_script_run(struct redis *redis, struct redis_script_call *call,
                      const struct redis_script *script, const struct redis_script_texts *texts,
                      int64_t until_ns)
{
    call->command.done = on_first_done;
    call->redis = redis;
    call->script = script;
    call->texts = texts;
    call->until_ns = until_ns != 0 ? until_ns : redis_deadline(redis);
    return send_call(redis, call, TEXT("EVALSHA"),
                     (struct text){script->sha1, sizeof(script->sha1)});
}

void redis_script_cancel(struct redis_script_call *call) { redis_cancel(&call->command); }
