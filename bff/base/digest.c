/*
 * See digest.h. A block of 32 bytes is four words. Each of two lanes takes two of them: it
 * multiplies one word with the other, and both halves of the product go into the lane. A word is
 * changed by the lane's own state or by a constant before it is multiplied. A product of 0 would
 * make the lane forget its state. So each constant has bytes that no UTF-8 text has (0xfe, 0xff):
 * a word of JSON text never makes it 0.
 */
#include <endian.h>
#include <string.h>

#include "bff/base/digest.h"
#include "bff/base/hash.h"

#define WORD_BYTES sizeof(uint64_t)

static const uint64_t starts[2] = {0x9ae16a3b2f90404fu, 0xc949c7defebe6f50u};
static const uint64_t factors[2] = {0xff51afd7ed558ccdu, 0xfeceb9fe1a85ec53u};

static uint64_t word_at(const char *at)
{
    uint64_t word;

    memcpy(&word, at, WORD_BYTES);
    return le64toh(word);
}

/* Multiplies to 128 bits and folds the halves. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;

    uint64_t low = (uint64_t)product, high = (uint64_t)(product >> 64);

    return low ^ high;
}

static void add_blocks(struct digest *digest, const char *at, size_t blocks)
{
    uint64_t first = digest->lanes[0], second = digest->lanes[1];

    for (const char *end = at + blocks * DIGEST_BLOCK; at < end; at += DIGEST_BLOCK) {
        first = fold(first ^ word_at(at), factors[0] ^ word_at(at + WORD_BYTES));
        second =
            fold(second ^ word_at(at + 2 * WORD_BYTES), factors[1] ^ word_at(at + 3 * WORD_BYTES));
    }
    digest->lanes[0] = first;
    digest->lanes[1] = second;
}

void digest_init(struct digest *digest)
{
    memcpy(digest->lanes, starts, sizeof(starts));
    digest->bytes = 0;
}

/* Completes the block that waits. Returns how many bytes of ${bytes} this took. */
static size_t complete(struct digest *digest, struct text bytes)
{
    size_t waiting = digest->bytes % DIGEST_BLOCK, need = DIGEST_BLOCK - waiting;

    if (waiting == 0 || bytes.len < need)
        return 0;
    memcpy(digest->kept + waiting, bytes.at, need);
    add_blocks(digest, digest->kept, 1);
    return need;
}

void digest_add(struct digest *digest, struct text bytes)
{
    size_t taken = complete(digest, bytes);
    size_t waiting = taken == 0 ? digest->bytes % DIGEST_BLOCK : 0;
    size_t blocks = waiting == 0 ? (bytes.len - taken) / DIGEST_BLOCK : 0;
    size_t rest = bytes.len - taken - blocks * DIGEST_BLOCK;

    add_blocks(digest, bytes.at + taken, blocks);
    if (rest > 0)
        memcpy(digest->kept + waiting, bytes.at + bytes.len - rest, rest);
    digest->bytes += bytes.len;
}

/* The last block is filled with zeros. The number of bytes says how many of them were not there. */
uint64_t digest_now(const struct digest *digest)
{
    struct digest last = *digest;
    size_t waiting = digest->bytes % DIGEST_BLOCK;

    memset(last.kept + waiting, 0, DIGEST_BLOCK - waiting);
    add_blocks(&last, last.kept, 1);
    return hash_mix(hash_mix(last.lanes[0] + digest->bytes * factors[0]) ^ last.lanes[1]);
}
