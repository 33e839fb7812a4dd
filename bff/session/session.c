/* See session.h. */
#include <openssl/rand.h>

#include "bff/base/check.h"
#include "bff/base/text_builder.h"
#include "bff/session/session.h"
#include "bff/token/jwt_base64.h"

/*
 * The bytes of a session: a version, its texts, each after its length, and its numbers. Lengths and
 * numbers are in network byte order, so that all replicas read the same.
 */
#define VERSION 1
#define ID_BYTES 32
#define LENGTH_BYTES 4
#define NUMBER_BYTES 8
#define SECONDS_MOST ((uint64_t)253402300799) /* in the year 9999 */
#define RENEWALS_MOST ((uint64_t)UINT32_MAX)

struct text session_new_id(struct pool *pool)
{
    unsigned char bytes[ID_BYTES];

    must(RAND_bytes(bytes, sizeof(bytes)) == 1);
    return jwt_base64_encode(pool, (struct text){(const char *)bytes, sizeof(bytes)});
}

/* The order of the texts. */
static const size_t texts[] = {
    offsetof(struct session, id),       offsetof(struct session, user),
    offsetof(struct session, roles),    offsetof(struct session, scopes),
    offsetof(struct session, claims),   offsetof(struct session, access),
    offsetof(struct session, refresh),  offsetof(struct session, id_token),
    offsetof(struct session, provider), offsetof(struct session, provider_sid),
};

#define TEXTS (sizeof(texts) / sizeof(*texts))

/* Writing. */

static void put_number(struct text_builder *out, uint64_t number, unsigned bytes)
{
    char *at = text_builder_room(out, bytes);

    for (unsigned i = 0; i < bytes; i++)
        at[i] = (char)(number >> 8 * (bytes - 1 - i) & 0xff);
    out->len += bytes;
}

static void put_text(struct text_builder *out, struct text text)
{
    must(text.len <= UINT32_MAX);
    put_number(out, text.len, LENGTH_BYTES);
    text_builder_add(out, text);
}

struct text session_write(const struct session *session, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 512);
    put_number(&out, VERSION, 1);
    for (size_t i = 0; i < TEXTS; i++)
        put_text(&out, *(const struct text *)((const char *)session + texts[i]));
    put_number(&out, (uint64_t)session->access_until_s, NUMBER_BYTES);
    put_number(&out, (uint64_t)session->began_s, NUMBER_BYTES);
    put_number(&out, (uint64_t)session->seen_s, NUMBER_BYTES);
    put_number(&out, session->renewals, NUMBER_BYTES);
    return text_builder_text(&out);
}

/* Reading. Each function takes bytes from the beginning of ${rest}. It returns 0; or -1 when there
 * are too few bytes, or the number is too large. */

static int take_number(struct text *rest, unsigned bytes, uint64_t most, uint64_t *out)
{
    uint64_t number = 0;

    if (rest->len < bytes)
        return -1;
    for (unsigned i = 0; i < bytes; i++)
        number = number << 8 | (unsigned char)rest->at[i];
    *rest = (struct text){rest->at + bytes, rest->len - bytes};
    *out = number;
    return number <= most ? 0 : -1;
}

static int take_text(struct text *rest, struct text *out)
{
    uint64_t len;

    if (take_number(rest, LENGTH_BYTES, rest->len, &len) != 0 || len > rest->len)
        return -1;
    *out = (struct text){rest->at, (size_t)len};
    *rest = (struct text){rest->at + len, rest->len - (size_t)len};
    return 0;
}

static int take_seconds(struct text *rest, int64_t *out)
{
    uint64_t number;

    if (take_number(rest, NUMBER_BYTES, SECONDS_MOST, &number) != 0)
        return -1;
    *out = (int64_t)number;
    return 0;
}

static int take_numbers(struct text *rest, struct session *out)
{
    uint64_t renewals;

    if (take_seconds(rest, &out->access_until_s) != 0 || take_seconds(rest, &out->began_s) != 0 ||
        take_seconds(rest, &out->seen_s) != 0 ||
        take_number(rest, NUMBER_BYTES, RENEWALS_MOST, &renewals) != 0)
        return -1;
    out->renewals = (uint32_t)renewals;
    return 0;
}

int session_read(struct text bytes, struct session *out)
{
    struct text rest = bytes;
    uint64_t version;

    *out = (struct session){0};
    if (take_number(&rest, 1, UINT8_MAX, &version) != 0 || version != VERSION)
        return -1;
    for (size_t i = 0; i < TEXTS; i++)
        if (take_text(&rest, (struct text *)((char *)out + texts[i])) != 0)
            return -1;
    if (take_numbers(&rest, out) != 0 || rest.len > 0)
        return -1;
    return out->id.len == SESSION_ID_CHARS && out->user.len > 0 ? 0 : -1;
}
