/* See coding_encode.h. The measurements behind the constants are in docs/decisions/0028. */
#include <pthread.h>

#include <brotli/encode.h>
#include <zlib.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/coding/coding_encode.h"

#define OUT_BYTES 8192

/* gzip: a window of 16 KiB, and tables for it. */
#define GZIP_WINDOW 14
#define GZIP_HEADER 16 /* added to the window, it selects the format of gzip */
#define GZIP_MEMORY 7
#define GZIP_COST ((size_t)136 * 1024)

/* Brotli: a window of 64 KiB, and blocks of the same size. */
#define BR_WINDOW 16
#define BR_COST ((size_t)2 * 1024 * 1024)
#define BR_PIECE 16384 /* more bytes at a time would need more memory */

#define FREE_MAX 16 /* unused encoders of gzip that a thread keeps */

struct coding_encode {
    enum coding coding;
    bool has_more; /* bytes were added since the last flush */
    z_stream gzip;
    BrotliEncoderState *br;
    struct coding_encode *next; /* in the list of unused encoders */
};

static _Thread_local struct coding_encode *unused;
static _Thread_local unsigned unused_count;
static _Thread_local size_t in_use;
static pthread_key_t at_thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

size_t coding_encode_cost(enum coding coding)
{
    if (coding == CODING_IDENTITY)
        return 0;
    return coding == CODING_BR ? BR_COST : GZIP_COST;
}

size_t coding_encode_in_use(void) { return in_use; }

/* Memory. */

static void *take_for_gzip(void *cookie, unsigned count, unsigned bytes)
{
    return memory_new((size_t)count * bytes); /* zlib reads some of it before it writes it */
}

static void give_back(void *cookie, void *memory) { memory_free(memory); }

static void *take_for_br(void *cookie, size_t bytes) { return memory_grow(NULL, bytes); }

/* Making and freeing. */

static void end(struct coding_encode *encode)
{
    if (encode->coding == CODING_BR)
        BrotliEncoderDestroyInstance(encode->br);
    else
        deflateEnd(&encode->gzip);
    memory_free(encode);
}

static void end_all(void *list)
{
    while (unused != NULL) {
        struct coding_encode *encode = unused;
        unused = encode->next;
        end(encode);
    }
}

static void make_key(void) { must(pthread_key_create(&at_thread_end, end_all) == 0); }

static void begin_gzip(struct coding_encode *encode, int level)
{
    encode->gzip.zalloc = take_for_gzip;
    encode->gzip.zfree = give_back;
    must(deflateInit2(&encode->gzip, level, Z_DEFLATED, GZIP_WINDOW + GZIP_HEADER, GZIP_MEMORY,
                      Z_DEFAULT_STRATEGY) == Z_OK);
}

static void begin_br(struct coding_encode *encode, unsigned level)
{
    encode->br = BrotliEncoderCreateInstance(take_for_br, give_back, NULL);
    must(encode->br != NULL);
    must(BrotliEncoderSetParameter(encode->br, BROTLI_PARAM_QUALITY, level) == BROTLI_TRUE);
    must(BrotliEncoderSetParameter(encode->br, BROTLI_PARAM_LGWIN, BR_WINDOW) == BROTLI_TRUE);
}

static struct coding_encode *take_unused(int level)
{
    struct coding_encode *encode = unused;

    unused = encode->next;
    unused_count--;
    must(deflateReset(&encode->gzip) == Z_OK);
    must(deflateParams(&encode->gzip, level, Z_DEFAULT_STRATEGY) == Z_OK);
    encode->has_more = false;
    return encode;
}

struct coding_encode *coding_encode_new(enum coding coding, unsigned level)
{
    struct coding_encode *encode;

    must(coding == CODING_GZIP || coding == CODING_BR);
    in_use += coding_encode_cost(coding);
    if (coding == CODING_GZIP && unused != NULL)
        return take_unused((int)level);
    encode = memory_new(sizeof(*encode));
    encode->coding = coding;
    if (coding == CODING_BR)
        begin_br(encode, level);
    else
        begin_gzip(encode, (int)level);
    return encode;
}

static void keep_unused(struct coding_encode *encode)
{
    if (unused == NULL) {
        must(pthread_once(&once, make_key) == 0);
        must(pthread_setspecific(at_thread_end, &unused) == 0);
    }
    encode->next = unused;
    unused = encode;
    unused_count++;
}

void coding_encode_free(struct coding_encode *encode)
{
    if (encode == NULL)
        return;
    in_use -= coding_encode_cost(encode->coding);
    if (encode->coding == CODING_GZIP && unused_count < FREE_MAX)
        keep_unused(encode);
    else
        end(encode);
}

/* Compressing. */

static void run_gzip(struct coding_encode *encode, struct text bytes, int flush,
                     coding_encode_out out, void *cookie)
{
    z_stream *gzip = &encode->gzip;
    unsigned char room[OUT_BYTES];

    gzip->next_in = (z_const Bytef *)(uintptr_t)bytes.at;
    gzip->avail_in = (unsigned)bytes.len;
    do {
        gzip->next_out = room;
        gzip->avail_out = sizeof(room);
        must(deflate(gzip, flush) != Z_STREAM_ERROR);
        if (gzip->avail_out < sizeof(room))
            out(cookie, (struct text){(const char *)room, sizeof(room) - gzip->avail_out});
    } while (gzip->avail_out == 0);
    must(gzip->avail_in == 0);
}

static void run_br(struct coding_encode *encode, struct text bytes,
                   BrotliEncoderOperation operation, coding_encode_out out, void *cookie)
{
    const uint8_t *next = (const uint8_t *)bytes.at;
    uint8_t room[OUT_BYTES];

    do {
        uint8_t *end_of_room = room;
        size_t left = sizeof(room);
        must(BrotliEncoderCompressStream(encode->br, operation, &bytes.len, &next, &left,
                                         &end_of_room, NULL) == BROTLI_TRUE);
        if (left < sizeof(room))
            out(cookie, (struct text){(const char *)room, sizeof(room) - left});
    } while (bytes.len > 0 || BrotliEncoderHasMoreOutput(encode->br) == BROTLI_TRUE);
}

/* Cuts at most ${most} bytes from the beginning of ${*rest}. */
static struct text cut(struct text *rest, size_t most)
{
    struct text piece = {rest->at, rest->len < most ? rest->len : most};

    rest->at += piece.len;
    rest->len -= piece.len;
    return piece;
}

void coding_encode_add(struct coding_encode *encode, struct text bytes, coding_encode_out out,
                       void *cookie)
{
    while (bytes.len > 0) {
        struct text piece = cut(&bytes, BR_PIECE);
        encode->has_more = true;
        if (encode->coding == CODING_BR)
            run_br(encode, piece, BROTLI_OPERATION_PROCESS, out, cookie);
        else
            run_gzip(encode, piece, Z_NO_FLUSH, out, cookie);
    }
}

void coding_encode_flush(struct coding_encode *encode, coding_encode_out out, void *cookie)
{
    if (!encode->has_more)
        return;
    encode->has_more = false;
    if (encode->coding == CODING_BR)
        run_br(encode, TEXT(""), BROTLI_OPERATION_FLUSH, out, cookie);
    else
        run_gzip(encode, TEXT(""), Z_SYNC_FLUSH, out, cookie);
}

void coding_encode_end(struct coding_encode *encode, coding_encode_out out, void *cookie)
{
    if (encode->coding == CODING_BR)
        run_br(encode, TEXT(""), BROTLI_OPERATION_FINISH, out, cookie);
    else
        run_gzip(encode, TEXT(""), Z_FINISH, out, cookie);
}
