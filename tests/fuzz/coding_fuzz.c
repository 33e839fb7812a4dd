/*
 * Decodes any bytes, and negotiates with any Accept-Encoding. The first byte says which of them. A
 * body must give the same bytes and the same result in every piece size, and what is encoded must
 * come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/digest.h"
#include "bff/coding/coding_accept.h"
#include "bff/coding/coding_decode.h"
#include "bff/coding/coding_encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST ((size_t)4 * 1024 * 1024)

struct made {
    struct digest digest;
    size_t len;
};

static int take(void *cookie, struct text bytes)
{
    struct made *made = cookie;

    if (made->len + bytes.len > MOST)
        return -1;
    digest_add(&made->digest, bytes);
    made->len += bytes.len;
    return 0;
}

static enum coding_decode_result decode(enum coding coding, struct text bytes, size_t piece,
                                        struct made *made)
{
    struct coding_decode *decode = coding_decode_new(coding);
    enum coding_decode_result result = CODING_DECODE_GOOD;

    made->len = 0;
    digest_init(&made->digest);
    while (result == CODING_DECODE_GOOD && bytes.len > 0) {
        size_t len = piece < bytes.len ? piece : bytes.len;
        result = coding_decode_add(decode, (struct text){bytes.at, len}, take, made);
        bytes = (struct text){bytes.at + len, bytes.len - len};
    }
    if (result == CODING_DECODE_GOOD)
        result = coding_decode_end(decode);
    coding_decode_free(decode);
    return result;
}

/* Where a bomb ends depends on the pieces. */
static void check_decode(enum coding coding, struct text bytes, size_t piece)
{
    struct made whole, pieces;
    enum coding_decode_result a = decode(coding, bytes, bytes.len, &whole);
    enum coding_decode_result b = decode(coding, bytes, piece, &pieces);

    must(whole.len <= MOST && pieces.len <= MOST);
    if (a == CODING_DECODE_GOOD && b == CODING_DECODE_GOOD)
        must(whole.len == pieces.len && digest_now(&whole.digest) == digest_now(&pieces.digest));
    else if (a != CODING_DECODE_BOMB && b != CODING_DECODE_BOMB)
        must(a == b);
}

struct coded {
    char *at;
    size_t len;
};

static void gather(void *cookie, struct text bytes)
{
    struct coded *coded = cookie;

    coded->at = realloc(coded->at, coded->len + bytes.len);
    must(coded->at != NULL);
    memcpy(coded->at + coded->len, bytes.at, bytes.len);
    coded->len += bytes.len;
}

static void check_encode(enum coding coding, struct text bytes, size_t piece)
{
    struct coding_encode *encode = coding_encode_new(coding, 1 + (unsigned)piece % 9);
    struct coded coded = {0};
    struct made made;
    struct digest digest;

    digest_init(&digest);
    digest_add(&digest, bytes);
    coding_encode_add(encode, (struct text){bytes.at, bytes.len / 2}, gather, &coded);
    if (piece % 2 == 0)
        coding_encode_flush(encode, gather, &coded);
    coding_encode_add(encode, (struct text){bytes.at + bytes.len / 2, bytes.len - bytes.len / 2},
                      gather, &coded);
    coding_encode_end(encode, gather, &coded);
    coding_encode_free(encode);
    must(decode(coding, (struct text){coded.at, coded.len}, piece, &made) == CODING_DECODE_GOOD);
    must(made.len == bytes.len && digest_now(&made.digest) == digest_now(&digest));
    free(coded.at);
}

static bool has(struct text list, const char *word)
{
    return memmem(list.at, list.len, word, strlen(word)) != NULL;
}

/* A coding that the client does not name in any form is never chosen. */
static void check_accept(struct text accept)
{
    static const enum coding offers[] = {CODING_BR, CODING_GZIP};
    enum coding chosen = coding_accept_choose(accept, offers, 2);
    char lower[256];

    must(chosen == CODING_IDENTITY || chosen == CODING_BR || chosen == CODING_GZIP);
    if (accept.len > sizeof(lower))
        return;
    struct text small = text_lower(lower, accept);
    must(chosen != CODING_BR || has(small, "br") || has(small, "*"));
    must(chosen != CODING_GZIP || has(small, "gzip") || has(small, "*"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum coding codings[] = {CODING_GZIP, CODING_BR, CODING_DEFLATE};

    if (size < 2)
        return 0;
    struct text bytes = {(const char *)data + 2, size - 2};
    size_t piece = 1 + data[1];

    if (data[0] % 8 < 3)
        check_decode(codings[data[0] % 8], bytes, piece);
    else if (data[0] % 8 < 5)
        check_encode(codings[data[0] % 8 - 3], bytes, piece);
    else
        check_accept(bytes);
    return 0;
}
