/*
 * One HTTP/1.1 request and its response on one connection (RFC 9112), as a machine that is fed
 * bytes: it does no I/O. It is strict where framing is at stake: what two readers could read
 * differently is refused, not repaired.
 *
 * The fields of a head are parsed by libh2o's phr_parse_headers.
 */
#ifndef BFF_UPSTREAM_EXCHANGE_H
#define BFF_UPSTREAM_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bff/base/reason.h"
#include "bff/base/text.h"
#include "bff/upstream/chunks.h"

#define EXCHANGE_HEAD_MAX                                                                          \
    ((size_t)64 * 1024)         /* bytes of all heads of one response, 1xx included                \
                                 */
#define EXCHANGE_FIELDS_MAX 100 /* fields in one head */

/* Laid out as libh2o's parser writes it. */
struct exchange_field {
    struct text name, value;
};

/* How a body ends (RFC 9112 section 6.3). */
enum exchange_framing {
    EXCHANGE_NO_BODY, /* 204, 304, an answer to HEAD */
    EXCHANGE_LENGTH,
    EXCHANGE_CHUNKED,
    EXCHANGE_UNTIL_CLOSE, /* that of 101 too: the other protocol's bytes */
};

/* A final response's head; valid during the sink's call only. */
struct exchange_head {
    int status;
    int minor_version; /* of HTTP/1 */
    struct exchange_field *fields;
    size_t field_count;
    enum exchange_framing framing;
    uint64_t length;    /* with EXCHANGE_LENGTH */
    bool is_persistent; /* the connection may carry another exchange */
    bool is_coded;      /* Content-Encoding is there and other than identity */
};

/*
 * Where a response goes. head and body return -1 to give the exchange up, with the reason stored
 * in ${*why}: then nothing more is delivered but end, with that reason. What has been read already
 * is still looked at, so that a short body does not cost the connection.
 */
struct exchange_sink {
    int (*head)(void *cookie, const struct exchange_head *head, enum reason *why);
    int (*body)(void *cookie, const char *bytes, size_t len, enum reason *why);
    /*
     * May be NULL. The sink's own place for the next bytes of a body, ${*len} of them: those read
     * to there are delivered there, by a pointer to that place.
     */
    char *(*room)(void *cookie, size_t *len);
    void (*flush)(void *cookie); /* may be NULL: what came at once has been delivered */
    void (*end)(void *cookie, enum reason reason); /* REASON_NONE: complete */
};

enum exchange_state {
    EXCHANGE_IN_HEAD,
    EXCHANGE_IN_BODY,
    EXCHANGE_COMPLETE,
    EXCHANGE_FAILED,
};

/* What about the request its response depends on. */
struct exchange_request {
    bool is_head;       /* the method is HEAD: no body comes */
    bool wants_upgrade; /* 101 is an answer: what follows is another protocol, until the close */
};

struct exchange {
    const struct exchange_sink *sink;
    void *cookie;
    enum exchange_state state;
    enum exchange_framing framing;
    enum reason reason; /* why it failed or was given up; REASON_NONE so far */
    struct exchange_request request;
    bool is_persistent; /* of use when COMPLETE: the connection may be used again */
    bool has_begun;     /* a byte has come */
    uint64_t received;  /* bytes that were fed, heads and framing included */
    uint64_t left;      /* of the body, with EXCHANGE_LENGTH */
    size_t head_bytes;  /* of all heads so far */
    char *kept;         /* a head that came in pieces */
    size_t kept_len, kept_capacity;
    struct chunks chunks;
};

/* Begins an exchange whose response goes to ${sink}, which gets ${cookie}. */
void exchange_begin(struct exchange *exchange, const struct exchange_sink *sink, void *cookie,
                    struct exchange_request request);

/* From the head of the response on, inside the sink's head too: the rest goes to ${sink}. */
void exchange_hand_over(struct exchange *exchange, const struct exchange_sink *sink, void *cookie);

/*
 * Feeds what was read and returns the state afterwards. The
 * sink's head and body are called from here, its flush and end never: that is the caller's, with
 * exchange->reason, once the state is COMPLETE or FAILED or the connection has ended.
 */
enum exchange_state exchange_feed(struct exchange *exchange, const char *bytes, size_t len);

/*
 * Where all of the rest of the body, ${*len} bytes, is best read to; NULL when the sink has not got
 * the place for it, or the end of the body is not known. More than that is behind the body.
 */
char *exchange_room(const struct exchange *exchange, size_t *len);

/* The peer has closed: COMPLETE for a body that ends so, else FAILED with REASON_RESET. */
enum exchange_state exchange_feed_end(struct exchange *exchange);

/* Frees what it holds. Idempotent. */
void exchange_dispose(struct exchange *exchange);

#endif
