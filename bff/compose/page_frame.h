/* How the messages of a streamed page are written (docs/streaming.md): as lines, as server-sent
 * events, or as the parts of a multipart body (RFC 2046 section 5.1). */
#ifndef BFF_COMPOSE_PAGE_FRAME_H
#define BFF_COMPOSE_PAGE_FRAME_H

#include "bff/base/pool.h"
#include "bff/base/random.h"
#include "bff/base/text.h"
#include "bff/compose/page_format.h"

enum page_frame_kind { PAGE_FRAME_HEAD, PAGE_FRAME_MEMBER, PAGE_FRAME_END };

/* The texts of a format. They live as long as the pool. */
struct page_frame {
    struct text type;    /* the value of Content-Type */
    struct text before;  /* before the head's message */
    struct text between; /* before a member's message */
    struct text last;    /* before the message of the end */
    struct text after;   /* after each message */
    struct text over;    /* after the message of the end */
    struct text beat;    /* sent when there is nothing to send; clients ignore it */
    bool is_one_line;    /* a message must be on one line */
};

/* The id of the last event. A client that has it has the whole page. */
#define PAGE_FRAME_LAST_ID "end"

/* Makes the frame of ${format}, which is a stream. ${random} gives the boundary of a multipart
 * body. */
struct page_frame page_frame_make(enum page_format format, struct random *random,
                                  struct pool *pool);

/* Returns what comes before a message of ${kind}, and after it. */
struct text page_frame_before(const struct page_frame *frame, enum page_frame_kind kind);
struct text page_frame_after(const struct page_frame *frame, enum page_frame_kind kind);

#endif
