/*
 * The response to one HTTP/1.1 request on one connection (RFC 9112), as a state machine that is fed
 * bytes. It does no I/O. It is strict about framing: when two programs could read the same bytes
 * differently, the response is refused and not repaired.
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
#include "bff/coding/coding.h"
#include "bff/http/chunks.h"

#define EXCHANGE_HEAD_MAX                                                                          \
    ((size_t)64 * 1024)         /* bytes of all heads of one response, including 1xx               \
                                 */
#define EXCHANGE_FIELDS_MAX 100 /* fields in one head */

/* The layout is that of libh2o's parser, which writes it. */
struct exchange_field {
    struct text name, value;
};

/* How a body ends (RFC 9112 section 6.3). */
enum exchange_framing {
    EXCHANGE_NO_BODY, /* 204, 304, an answer to HEAD */
    EXCHANGE_LENGTH,
    EXCHANGE_CHUNKED,
    EXCHANGE_UNTIL_CLOSE, /* also after 101: the bytes of the other protocol */
};

/* The head of a final response. Valid only during the call of the sink. */
struct exchange_head {
    int status;
    int minor_version; /* of HTTP/1 */
    struct exchange_field *fields;
    size_t field_count;
    enum exchange_framing framing;
    uint64_t length;    /* with EXCHANGE_LENGTH */
    bool is_persistent; /* the connection may carry another exchange */
    enum coding coding; /* of Content-Encoding */
};

/*
 * Where a response goes. head and body return -1 to end the exchange, and store the reason in
 * ${*why}. After that only end is called, with that reason. Bytes of the response that have been
 * read already are still parsed: when they complete it, the connection can be reused.
 */
struct exchange_sink {
    int (*head)(void *cookie, const struct exchange_head *head, enum reason *why);
    int (*body)(void *cookie, const char *bytes, size_t len, enum reason *why);
    /*
     * May be NULL. Returns the sink's own buffer for the next ${*len} bytes of the body. The caller
     * may read from the socket directly to this buffer; body then gets a pointer to it.
     */
    char *(*room)(void *cookie, size_t *len);
    void (*flush)(void *cookie); /* may be NULL: all bytes of one read have been delivered */
    void (*end)(void *cookie, enum reason reason); /* REASON_NONE: complete */
};

enum exchange_state {
    EXCHANGE_IN_HEAD,
    EXCHANGE_IN_BODY,
    EXCHANGE_COMPLETE,
    EXCHANGE_FAILED,
};

/* What must be known about a request to read its response. */
struct exchange_request {
    bool is_head;       /* the method is HEAD: there is no body */
    bool wants_upgrade; /* 101 is accepted; the bytes after it are the body */
};

struct exchange {
    const struct exchange_sink *sink;
    void *cookie;
    enum exchange_state state;
    enum exchange_framing framing;
    enum reason reason; /* why it failed or was ended early; REASON_NONE until then */
    struct exchange_request request;
    bool is_persistent; /* when COMPLETE: the connection may be used again */
    bool has_begun;     /* at least one byte has come */
    uint64_t received;  /* all bytes so far, heads and framing included */
    uint64_t left;      /* of the body, with EXCHANGE_LENGTH */
    size_t head_bytes;  /* of all heads so far */
    char *kept;         /* the bytes so far of a head that is not complete */
    size_t kept_len, kept_capacity;
    struct chunks chunks;
};

/* Begins an exchange whose response goes to ${sink}, which gets ${cookie}. */
void exchange_begin(struct exchange *exchange, const struct exchange_sink *sink, void *cookie,
                    struct exchange_request request);

/* Replaces the sink: the rest of the response goes to ${sink}. The old sink's head may call this
 * function. */
void exchange_hand_over(struct exchange *exchange, const struct exchange_sink *sink, void *cookie);

/*
 * Parses bytes that were read from the connection, and returns the new state. Calls the sink's head
 * and body. It never calls flush and end: the caller does that, with exchange->reason, once the
 * state is COMPLETE or FAILED or the connection has ended.
 */
enum exchange_state exchange_feed(struct exchange *exchange, const char *bytes, size_t len);

/*
 * Returns the sink's buffer for the whole rest of the body, ${*len} bytes, so that the caller can
 * read to it directly. NULL when the sink has no such buffer, or the length of the body is not
 * known. Bytes beyond ${*len} are not part of the body.
 */
char *exchange_room(const struct exchange *exchange, size_t *len);

/* The peer has closed the connection. Returns COMPLETE if the body ends with the connection, else
 * FAILED with REASON_RESET. */
enum exchange_state exchange_feed_end(struct exchange *exchange);

/* Frees the memory that ${exchange} holds. Idempotent. */
void exchange_dispose(struct exchange *exchange);

#endif
