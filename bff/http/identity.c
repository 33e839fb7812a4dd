/* See identity.h. */
#include <sys/random.h>

#include "bff/base/check.h"
#include "bff/http/identity.h"
#include "bff/http/request.h"

#define TRACE_DIGITS 32
#define SPAN_DIGITS 16
#define TRACEPARENT_LEN (3 + TRACE_DIGITS + 1 + SPAN_DIGITS + 3)

void identity_seed(struct worker *worker)
{
    must(getrandom(worker->random, sizeof(worker->random), 0) == sizeof(worker->random));
    worker->random[0] |= 1; /* an all-zero state would stay so */
}

/* xoroshiro128+ (Blackman and Vigna). */
static uint64_t next_random(struct worker *worker)
{
    uint64_t a = worker->random[0], b = worker->random[1], sum = a + b;

    b ^= a;
    worker->random[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
    worker->random[1] = (b << 37) | (b >> 27);
    return sum;
}

static void put_hex(struct worker *worker, char *out, size_t digits)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < digits; i++, bits >>= 4) {
        if (i % 16 == 0)
            bits = next_random(worker) | (i == 0 ? 1 : 0); /* never all zero */
        out[i] = "0123456789abcdef"[bits & 15];
    }
}

static bool is_sane_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool identity_is_sane(struct text id)
{
    if (id.len < 1 || id.len > 128)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (!is_sane_byte(id.at[i]))
            return false;
    return true;
}

static bool is_hex(struct text text, bool may_be_zero)
{
    bool is_zero = true;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        is_zero &= c == '0';
    }
    return may_be_zero || !is_zero;
}

bool identity_is_traceparent(struct text traceparent)
{
    const char *at = traceparent.at;

    if (traceparent.len != TRACEPARENT_LEN || !text_starts(traceparent, TEXT("00-")))
        return false;
    return at[3 + TRACE_DIGITS] == '-' && at[TRACEPARENT_LEN - 3] == '-' &&
           is_hex((struct text){at + 3, TRACE_DIGITS}, false) &&
           is_hex((struct text){at + 4 + TRACE_DIGITS, SPAN_DIGITS}, false) &&
           is_hex((struct text){at + TRACEPARENT_LEN - 2, 2}, true);
}

/* Our own span in the client's trace, with its flags; or a trace of our own, sampled. */
static struct text make_traceparent(struct request *request, struct text theirs)
{
    char *own = pool_take(request->pool, TRACEPARENT_LEN);

    memcpy(own, "00-", 3);
    if (identity_is_traceparent(theirs)) {
        memcpy(own, theirs.at, TRACEPARENT_LEN);
    } else {
        put_hex(request->worker, own + 3, TRACE_DIGITS);
        own[3 + TRACE_DIGITS] = '-';
        memcpy(own + TRACEPARENT_LEN - 3, "-01", 3);
    }
    put_hex(request->worker, own + 4 + TRACE_DIGITS, SPAN_DIGITS);
    return (struct text){own, TRACEPARENT_LEN};
}

void identity_read(struct request *request)
{
    struct text id = request_header(request, "x-request-id");

    request->traceparent = make_traceparent(request, request_header(request, "traceparent"));
    request->id =
        identity_is_sane(id) ? id : (struct text){request->traceparent.at + 3, TRACE_DIGITS};
}
