/* See coding_decode.h. */
#include <brotli/decode.h>
#include <zlib.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/coding/coding_decode.h"

#define OUT_BYTES 16384
#define WINDOW 15 /* the largest one of deflate: 32 KiB */
#define GZIP 16   /* added to the window, it selects the format of gzip */
#define ZLIB_HEADER 2

struct coding_decode {
    enum coding coding;
    bool has_begun;   /* there was a byte */
    bool is_complete; /* the body may end here */
    size_t taken, made;
    z_stream zlib;
    BrotliDecoderState *br;
    unsigned char first[ZLIB_HEADER]; /* the first bytes of CODING_DEFLATE */
    bool is_known;                    /* with or without the header of zlib */
};

static void *take_for_zlib(void *cookie, unsigned count, unsigned bytes)
{
    return memory_new((size_t)count * bytes);
}

static void *take_for_br(void *cookie, size_t bytes) { return memory_grow(NULL, bytes); }

static void give_back(void *cookie, void *memory) { memory_free(memory); }

static void begin_zlib(struct coding_decode *decode, int window)
{
    decode->zlib.zalloc = take_for_zlib;
    decode->zlib.zfree = give_back;
    must(inflateInit2(&decode->zlib, window) == Z_OK);
}

struct coding_decode *coding_decode_new(enum coding coding)
{
    struct coding_decode *decode = memory_new(sizeof(*decode));

    must(coding == CODING_GZIP || coding == CODING_BR || coding == CODING_DEFLATE);
    decode->coding = coding;
    if (coding == CODING_BR) {
        decode->br = BrotliDecoderCreateInstance(take_for_br, give_back, NULL);
        must(decode->br != NULL);
    } else {
        begin_zlib(decode, coding == CODING_GZIP ? WINDOW + GZIP : WINDOW);
    }
    return decode;
}

void coding_decode_free(struct coding_decode *decode)
{
    if (decode == NULL)
        return;
    if (decode->coding == CODING_BR)
        BrotliDecoderDestroyInstance(decode->br);
    else
        inflateEnd(&decode->zlib);
    memory_free(decode);
}

/* Passes ${len} decoded bytes on. */
static enum coding_decode_result pass(struct coding_decode *decode, const unsigned char *bytes,
                                      size_t len, coding_decode_out out, void *cookie)
{
    decode->made += len;
    if (decode->made > CODING_DECODE_FREE && decode->made / CODING_DECODE_RATIO > decode->taken)
        return CODING_DECODE_BOMB;
    if (len > 0 && out(cookie, (struct text){(const char *)bytes, len}) != 0)
        return CODING_DECODE_REFUSED;
    return CODING_DECODE_GOOD;
}

/* Bytes after the end of a member of gzip begin the next one. zlib reads its header and finds out
 * whether it is one. Nothing may follow the end of another coding. */
static bool begins_again(struct coding_decode *decode)
{
    if (!decode->is_complete)
        return true;
    if (decode->coding != CODING_GZIP)
        return false;
    must(inflateReset(&decode->zlib) == Z_OK);
    decode->is_complete = false;
    return true;
}

/* ${*result} is that of inflate. Z_BUF_ERROR means that it needs more bytes. */
static bool is_fine(int result) { return result == Z_OK || result == Z_BUF_ERROR; }

static enum coding_decode_result add_zlib(struct coding_decode *decode, struct text bytes,
                                          coding_decode_out out, void *cookie)
{
    z_stream *zlib = &decode->zlib;
    unsigned char room[OUT_BYTES];

    zlib->next_in = (z_const Bytef *)(uintptr_t)bytes.at;
    zlib->avail_in = (unsigned)bytes.len;
    zlib->avail_out = 0;
    while (zlib->avail_in > 0 || (zlib->avail_out == 0 && !decode->is_complete)) {
        if (!begins_again(decode))
            return CODING_DECODE_BAD;
        zlib->next_out = room;
        zlib->avail_out = sizeof(room);
        int result = inflate(zlib, Z_NO_FLUSH);
        decode->is_complete = result == Z_STREAM_END;
        if (!decode->is_complete && !is_fine(result))
            return CODING_DECODE_BAD;
        enum coding_decode_result passed =
            pass(decode, room, sizeof(room) - zlib->avail_out, out, cookie);
        if (passed != CODING_DECODE_GOOD)
            return passed;
    }
    return CODING_DECODE_GOOD;
}

static enum coding_decode_result add_br(struct coding_decode *decode, struct text bytes,
                                        coding_decode_out out, void *cookie)
{
    const uint8_t *next = (const uint8_t *)bytes.at;
    uint8_t room[OUT_BYTES];
    BrotliDecoderResult result;

    if (decode->is_complete)
        return bytes.len == 0 ? CODING_DECODE_GOOD : CODING_DECODE_BAD;
    do {
        uint8_t *end = room;
        size_t left = sizeof(room);
        result = BrotliDecoderDecompressStream(decode->br, &bytes.len, &next, &left, &end, NULL);
        decode->is_complete = result == BROTLI_DECODER_RESULT_SUCCESS;
        if (result == BROTLI_DECODER_RESULT_ERROR || (decode->is_complete && bytes.len > 0))
            return CODING_DECODE_BAD;
        enum coding_decode_result passed = pass(decode, room, sizeof(room) - left, out, cookie);
        if (passed != CODING_DECODE_GOOD)
            return passed;
    } while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
    return CODING_DECODE_GOOD;
}

/* RFC 1950 section 2.2: the method is 8, and the header is a multiple of 31. */
static bool is_zlib_header(const unsigned char first[ZLIB_HEADER])
{
    return (first[0] & 0x0f) == 8 && (first[0] * 256 + first[1]) % 31 == 0;
}

/* Keeps the first bytes of CODING_DEFLATE until they say which format it is. Then it decodes
 * them. */
static enum coding_decode_result find_out(struct coding_decode *decode, struct text *bytes,
                                          coding_decode_out out, void *cookie)
{
    size_t had = decode->taken - bytes->len;

    while (had < ZLIB_HEADER && bytes->len > 0) {
        decode->first[had++] = (unsigned char)bytes->at[0];
        bytes->at++;
        bytes->len--;
    }
    if (had < ZLIB_HEADER)
        return CODING_DECODE_GOOD;
    decode->is_known = true;
    if (!is_zlib_header(decode->first))
        must(inflateReset2(&decode->zlib, -WINDOW) == Z_OK);
    return add_zlib(decode, (struct text){(const char *)decode->first, ZLIB_HEADER}, out, cookie);
}

enum coding_decode_result coding_decode_add(struct coding_decode *decode, struct text bytes,
                                            coding_decode_out out, void *cookie)
{
    enum coding_decode_result result = CODING_DECODE_GOOD;

    if (bytes.len == 0)
        return result;
    decode->has_begun = true;
    decode->taken += bytes.len;
    if (decode->coding == CODING_BR)
        return add_br(decode, bytes, out, cookie);
    if (decode->coding == CODING_DEFLATE && !decode->is_known)
        result = find_out(decode, &bytes, out, cookie);
    if (result != CODING_DECODE_GOOD || bytes.len == 0)
        return result;
    return add_zlib(decode, bytes, out, cookie);
}

enum coding_decode_result coding_decode_end(const struct coding_decode *decode)
{
    return decode->is_complete || !decode->has_begun ? CODING_DECODE_GOOD : CODING_DECODE_BAD;
}
