/*
 * Reads any bytes as a value of the cache from Redis. Nothing may crash, and what is an entry must
 * give the same bytes again when it is written. The first byte of the input says what it is:
 *
 *     r  all bytes of a value; any other letter: the bytes without the checksum, which is
 *        added, because no fuzzer finds a checksum
 *     j  the same, and the body is expected to be JSON
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/secret_hash.h"
#include "bff/cache/cache_value.h"

#define TEXT_MOST 8192
#define BODY_MOST 1000
#define DEPTH_MOST 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned char digest[CACHE_VALUE_DIGEST] = "0123456789abcdef0123456789abcdef";

/* Writes what was read. It must be the same bytes: there is one way to write an entry. */
static void check(struct cache_entry *entry, struct text bytes)
{
    must(entry->status == 0 || (entry->status >= 200 && entry->status <= 599));
    must(entry->body == NULL || entry->body->text.len <= BODY_MOST);
    struct text again = cache_value_write(digest, entry);
    must(text_equal(again, bytes));
    cache_value_free(again);
    cache_entry_release(entry);
}

static void read_bytes(char kind, struct text bytes)
{
    struct cache_value_form form = {
        .digest = digest,
        .body_most = BODY_MOST,
        .depth_most = kind == 'j' ? DEPTH_MOST : 0,
        .keep_slices = true,
    };
    struct cache_entry *entry = cache_value_read(&form, bytes);

    if (entry != NULL)
        check(entry, bytes);
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
    read_bytes((char)data[0], (struct text){copy, data[0] == 'r' ? len : len + sum});
    free(copy);
    return 0;
}
