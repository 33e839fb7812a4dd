/*
 * See answer_etag.h. A digest without a secret is enough. A service that chooses its bytes could
 * make two versions of its part with the same tag. Then a client that has the first version does
 * not get the second one. But the client has the first version from that same service.
 */
#include <endian.h>
#include <string.h>

#include "bff/base/digest.h"
#include "bff/compose/answer_etag.h"

#define BEFORE "W/\""
#define BEFORE_LEN (sizeof(BEFORE) - 1)
#define DIGITS (2 * sizeof(uint64_t))

struct text answer_etag(const struct pieces *pieces, struct text rest, struct pool *pool)
{
    size_t len = BEFORE_LEN + DIGITS + 1;
    char *tag = pool_take(pool, len);
    struct digest digest;

    digest_init(&digest);
    for (size_t i = 0; i < pieces->count; i++)
        digest_add(&digest, pieces->rows[i]);
    digest_add(&digest, rest);
    memcpy(tag, BEFORE, BEFORE_LEN);
    uint64_t number = htobe64(digest_now(&digest));
    text_hex(tag + BEFORE_LEN, (const unsigned char *)&number, sizeof(number));
    tag[len - 1] = '"';
    return (struct text){tag, len};
}
