/* See page_frame.h. */
#include "bff/compose/page_frame.h"

#define PART_FIELDS "\r\nContent-Type: application/json\r\n\r\n"
#define BOUNDARY_DIGITS 32

static struct page_frame lines_frame(void)
{
    return (struct page_frame){
        .type = TEXT("application/x-ndjson; charset=utf-8"),
        .after = TEXT("\n"),
        .over = TEXT("\n"),
        .beat = TEXT("\n"),
        .is_one_line = true,
    };
}

static struct page_frame events_frame(void)
{
    return (struct page_frame){
        .type = TEXT("text/event-stream; charset=utf-8"),
        .before = TEXT("event: head\ndata: "),
        .between = TEXT("event: member\ndata: "),
        .last = TEXT("event: end\nid: " PAGE_FRAME_LAST_ID "\ndata: "),
        .after = TEXT("\n\n"),
        .over = TEXT("\n\n"),
        .beat = TEXT(":\n\n"),
        .is_one_line = true,
    };
}

/* A client knows that a part is complete when it has the next boundary. So the boundary follows
 * each part at once, and the next part continues after it. */
static struct page_frame parts_frame(struct random *random, struct pool *pool)
{
    char digits[BOUNDARY_DIGITS];
    struct text boundary = {digits, sizeof(digits)};
    struct page_frame frame = {.between = TEXT(PART_FIELDS), .last = TEXT(PART_FIELDS)};

    random_hex(random, digits, sizeof(digits));
    frame.type = pool_print(pool, "multipart/mixed; boundary=\"%.*s\"", TEXT_ARGS(boundary));
    frame.before = pool_print(pool, "--%.*s" PART_FIELDS, TEXT_ARGS(boundary));
    frame.after = pool_print(pool, "\r\n--%.*s", TEXT_ARGS(boundary));
    frame.over = pool_print(pool, "\r\n--%.*s--\r\n", TEXT_ARGS(boundary));
    frame.beat = pool_print(pool, PART_FIELDS "{}\r\n--%.*s", TEXT_ARGS(boundary));
    return frame;
}

struct page_frame page_frame_make(enum page_format format, struct random *random, struct pool *pool)
{
    if (format == PAGE_FORMAT_LINES)
        return lines_frame();
    return format == PAGE_FORMAT_EVENTS ? events_frame() : parts_frame(random, pool);
}

struct text page_frame_before(const struct page_frame *frame, enum page_frame_kind kind)
{
    if (kind == PAGE_FRAME_HEAD)
        return frame->before;
    return kind == PAGE_FRAME_MEMBER ? frame->between : frame->last;
}

struct text page_frame_after(const struct page_frame *frame, enum page_frame_kind kind)
{
    return kind == PAGE_FRAME_END ? frame->over : frame->after;
}
