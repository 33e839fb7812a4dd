/*
 * Reads any bytes as the value of an idempotency key from Redis. Nothing may crash, and an answer
 * that can be read must give the same bytes again when it is written. The first byte of the input
 * says what it is:
 *
 *     r  all bytes of a value; any other letter: the bytes without the checksum, which is added,
 *        because no fuzzer finds a checksum
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/secret_hash.h"
#include "bff/http/field.h"
#include "bff/store/key_answer.h"

#define TEXT_MOST 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct key_claim claim = {.print = "0123456789abcdef0123456789abcde",
                                       .owner = "0123456789abcde"};

static void check(const struct reply *answer, struct text bytes)
{
    must(answer->status >= 200 && answer->status <= 599);
    for (size_t i = 0; i < answer->field_count; i++) {
        must(field_may_return(text_of(answer->fields[i].name)));
        must(field_is_value(answer->fields[i].value));
    }
    struct text again = key_answer_write(&claim, answer);
    must(text_equal(again, bytes));
    memory_free((char *)(uintptr_t)again.at);
}

static void read_bytes(struct text bytes)
{
    struct pool *pool = pool_new();
    struct reply answer;
    enum key_claim_end end = key_answer_read(&claim, bytes, pool, &answer);

    must(end != KEY_CLAIM_WAITS && end != KEY_CLAIM_MINE);
    if (end == KEY_CLAIM_ANSWERED)
        check(&answer, bytes);
    pool_free(pool);
}

static void add_checksum(char *bytes, size_t len)
{
    static const struct secret_hash no_secret;
    uint64_t sum = htole64(secret_hash_text(&no_secret, (struct text){bytes, len}));

    memcpy(bytes + len, &sum, sizeof(sum));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len = size == 0 ? 0 : size - 1, sum = sizeof(uint64_t);

    if (size == 0 || len > TEXT_MOST)
        return 0;
    char *copy = malloc(len + sum); /* of the exact size, so that ASan sees each byte beyond it */
    must(copy != NULL);
    memcpy(copy, data + 1, len);
    if (data[0] != 'r')
        add_checksum(copy, len);
    read_bytes((struct text){copy, data[0] == 'r' ? len : len + sum});
    free(copy);
    return 0;
}
