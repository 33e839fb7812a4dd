/* See page_live.h. */
#include <stddef.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/compose/answer_lines.h"
#include "bff/compose/answer_passed.h"
#include "bff/compose/page_budget.h"
#include "bff/compose/page_format.h"
#include "bff/compose/page_live.h"
#include "bff/compose/page_stream.h"
#include "bff/compose/run_tell.h"
#include "bff/http/reply.h"

struct page_live {
    struct page_serving *serving;
    enum page_format format;
    struct page_stream stream;
    struct answer_member *members; /* NULL: the answer has not begun */
    size_t member_count;
    bool *is_sent; /* of each member: its message was made */
    bool is_over;  /* the run is over */
    bool has_end;  /* the message of the end was made */
    bool is_slow;  /* the client must take bytes before more are made */
    bool is_stopped;
    struct timer timer; /* for the next beat; or at once, when the client has taken bytes */
};

static struct timers *timers_of(const struct page_live *live)
{
    return live->serving->run_request.timers;
}

/* Sets the timer for the next beat. */
static void rest(struct page_live *live)
{
    int64_t beat_ns = (int64_t)live->serving->ask.pages->beat_ms * CLOCK_MS;

    timer_set(timers_of(live), &live->timer, clock_now_ns() + beat_ns);
}

/* Messages. */

/* Begins the message of a member that is ready. Returns false when there is none. */
static bool next_member(struct page_live *live)
{
    const struct run *run = live->serving->run;

    for (size_t i = 0; i < live->member_count; i++) {
        if (live->is_sent[i] || !answer_members_is_ready(run, &live->members[i]))
            continue;
        live->is_sent[i] = true;
        answer_lines_member(run, &live->members[i],
                            page_stream_message(&live->stream, PAGE_FRAME_MEMBER));
        return true;
    }
    return false;
}

/* Begins the next message. Returns false when there is none now. */
static bool next_message(struct page_live *live)
{
    const struct page_serving *serving = live->serving;

    if (live->has_end)
        return false;
    if (next_member(live))
        return true;
    if (!live->is_over)
        return false;
    live->has_end = true;
    answer_lines_end(serving->run, serving->ask.pages->server, clock_wall_ms(),
                     page_stream_message(&live->stream, PAGE_FRAME_END));
    return true;
}

/* Sends all that can be sent now. The live page may be gone afterwards. */
static void send_on(struct page_live *live)
{
    bool goes_on;

    do
        goes_on = page_stream_pass(&live->stream);
    while (goes_on && next_message(live));
    live->is_slow = !goes_on;
    if (!live->is_slow && live->has_end) {
        page_live_stop(live);
        page_budget_bytes(live->serving, live->stream.bytes);
        page_stream_end(&live->stream);
        return;
    }
    page_stream_flush(&live->stream);
    rest(live);
}

/* Events. */

/* Nothing may be ended inside of this call, so the next step of the loop goes on. */
static void on_ready(void *cookie)
{
    struct page_live *live = cookie;

    if (live->is_slow && !live->is_stopped)
        timer_set(timers_of(live), &live->timer, clock_now_ns());
}

static void on_timer(struct timer *timer)
{
    struct page_live *live =
        (struct page_live *)(void *)((char *)timer - offsetof(struct page_live, timer));

    check_working_on(live->serving->request->id);
    if (live->is_slow) {
        send_on(live);
    } else {
        page_stream_beat(&live->stream);
        rest(live);
    }
    check_working_on((struct text){0});
}

/* The head has the fields of the parts that have settled by now. */
static void pass_fields(const struct page_serving *serving)
{
    struct answer_passed passed = answer_passed_of(serving->run);

    for (size_t i = 0; i < passed.count; i++)
        reply_add_field(serving->request,
                        (struct reply_field){passed.fields[i].name, passed.fields[i].value});
}

static void begin(struct page_live *live)
{
    const struct page_serving *serving = live->serving;

    pass_fields(serving);
    live->members = answer_members_make(serving->run, &live->member_count);
    live->is_sent = pool_zero(serving->request->pool, live->member_count * sizeof(bool));
    page_stream_begin(&live->stream, serving->request, live->format, on_ready, live);
    answer_lines_head(serving->run, live->members, live->member_count,
                      page_stream_message(&live->stream, PAGE_FRAME_HEAD));
}

/* HEAD is answered like a request for JSON, because it has no messages. */
static enum page_format format_of(const struct request *request)
{
    if (!text_is(request->method, "GET"))
        return PAGE_FORMAT_JSON;
    return page_format_choose(request_list(request, "accept"));
}

bool page_live_is_repeated(const struct request *request)
{
    struct text last = request_header(request, "last-event-id");

    return last.at != NULL && text_is(last, PAGE_FRAME_LAST_ID) &&
           format_of(request) == PAGE_FORMAT_EVENTS;
}

struct page_live *page_live_make(struct page_serving *serving)
{
    enum page_format format = format_of(serving->request);
    struct page_live *live;

    if (format == PAGE_FORMAT_JSON)
        return NULL;
    live = pool_zero(serving->request->pool, sizeof(*live));
    live->serving = serving;
    live->format = format;
    live->timer.fire = on_timer;
    return live;
}

void page_live_told(struct page_live *live)
{
    if (live->is_stopped || (live->members == NULL && !run_tell_is_certain(live->serving->run)))
        return;
    if (live->members == NULL)
        begin(live);
    send_on(live);
}

bool page_live_done(struct page_live *live)
{
    live->is_over = true;
    if (live->members == NULL && !run_tell_is_certain(live->serving->run))
        return false;
    page_live_told(live);
    return true;
}

void page_live_stop(struct page_live *live)
{
    live->is_stopped = true;
    timer_clear(timers_of(live), &live->timer);
}

void page_live_free(struct page_live *live)
{
    page_live_stop(live);
    reply_stream_free(&live->stream.reply);
}
