/* See body_http2.h. The rules for windows and resets are libh2o's (lib/http2/connection.c). */
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/pool.h"
#include "bff/http/body_http2.h"
#include "bff/http/body_http2_answered.h"
#include "bff/http/body_http2_bytes.h"
#include "bff/http/body_http2_conn.h"
#include "bff/http/body_http2_expect.h"
#include "bff/http/body_http2_trailers.h"
#include "bff/http/body_http2_window.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

#define EMPTY_FRAMES_MAX 100 /* DATA frames of one body that contain nothing */

struct http2 {
    struct body body; /* first: the body is one of these */
    h2o_http2_conn_t *conn;
    uint32_t stream_id;
    struct body_http2_bytes bytes;
    struct body_http2_window window;
    struct timer deadline;
    unsigned empty_frames;
    bool is_ended; /* END_STREAM has arrived */
    bool is_let;   /* the client may send some more, which is dropped */
    bool is_reset; /* the stream has been reset, by the client or by us */
};

/* Where a frame of a body belongs: to a request, or to a stream that was answered. One is NULL. */
struct place {
    struct http2 *http2;
    struct body_http2_answered *answered;
};

static _Atomic(head_http2_parse) parse_headers; /* libh2o's function */

static h2o_http2_stream_t *stream_of(const struct http2 *http2)
{
    return H2O_STRUCT_FROM_MEMBER(h2o_http2_stream_t, req, http2->body.h2o);
}

/* Frames. */

/* Resets the stream. When this function returns, the stream and its body are freed, unless the
 * answer is being sent. */
static void reset(struct http2 *http2, int error)
{
    h2o_http2_stream_t *stream = stream_of(http2);
    h2o_http2_conn_t *conn = http2->conn;

    http2->is_reset = true;
    body_http2_conn_reset(conn, http2->stream_id, -error);
    h2o_http2_stream_reset(conn, stream);
}

/* Checks whether the body is over. When this function returns, the body may already have been
 * freed. */
static void look(struct http2 *http2)
{
    struct body *body = &http2->body;

    if (body->is_over)
        return;
    if (body->len > body->limit) {
        body_http2_bytes_drop_waiting(&http2->bytes);
        body_finish(body, BODY_TOO_LARGE);
    } else if (http2->is_ended) {
        if (!body->is_streamed)
            body->h2o->entity = body_http2_bytes_waiting(&http2->bytes);
        body_finish(body, BODY_WHOLE);
    } else if (body->is_read && body->is_streamed && http2->bytes.waiting != NULL) {
        body_arrive(body);
    }
}

/* RFC 9113 section 8.1.1: a body that is not as long as its head says is malformed. */
static bool is_malformed(const struct http2 *http2)
{
    const struct body *body = &http2->body;

    if (body->length == BODY_NO_LENGTH)
        return false;
    return body->len > body->length || (http2->is_ended && body->len < body->length);
}

static void take_bytes(struct http2 *http2, const uint8_t *bytes, size_t size, bool is_end)
{
    http2->is_ended = is_end;
    http2->body.len += size;
    if (is_malformed(http2)) {
        reset(http2, H2O_HTTP2_ERROR_PROTOCOL);
        return;
    }
    if (!http2->body.is_over && !http2->body.is_discarded)
        body_http2_bytes_add(&http2->bytes, bytes, size);
    look(http2);
}

/* Frames without a byte of the body cost time and no window (CVE-2019-9518). */
static bool is_flood(struct http2 *http2, size_t bytes, bool is_end)
{
    return bytes == 0 && !is_end && ++http2->empty_frames > EMPTY_FRAMES_MAX;
}

/* The bytes ${*used} of the window are not needed any more. */
static void give_back(struct http2 *http2, size_t *used)
{
    size_t bytes = body_http2_window_use(&http2->window, http2->body.client, used);

    if (bytes > 0 && !http2->is_ended && body_http2_conn_is_open(http2->conn))
        body_http2_window_send(http2->conn, http2->stream_id, bytes);
}

/* Before the body is read, and while the user of a streamed body does not use it, the client does
 * not get its window back. Returns false when the client has sent more than its window. */
static bool take_window(struct http2 *http2, size_t bytes)
{
    const struct body *body = &http2->body;
    bool is_good = body_http2_window_take(&http2->window, body->client, bytes);

    if (body->is_read && !body->is_streamed)
        give_back(http2, &http2->window.held);
    return is_good;
}

/* A discarded body gets no more window for its stream. */
static void take_body_data(struct http2 *http2, const h2o_http2_data_payload_t *data, size_t bytes,
                           bool is_end)
{
    struct body *body = &http2->body;

    if (body->is_discarded)
        body_http2_answered_forgive(body->client, bytes, body->len);
    else if (body->is_streamed)
        body->client->used_bytes += bytes;
    bool is_good = body->is_discarded || take_window(http2, bytes);
    if (!is_good || is_flood(http2, data->length, is_end))
        reset(http2, H2O_HTTP2_ERROR_ENHANCE_YOUR_CALM);
    else
        take_bytes(http2, data->data, data->length, is_end);
}

static int take_data(h2o_http2_conn_t *conn, struct place *place, h2o_http2_frame_t *frame,
                     const char **error)
{
    h2o_http2_data_payload_t payload;
    bool is_end = (frame->flags & H2O_HTTP2_FRAME_FLAG_END_STREAM) != 0;
    int status = h2o_http2_decode_data_payload(&payload, frame, error);

    if (status != 0)
        return status;
    body_http2_window_of_conn(conn, frame->length);
    if (place->http2 != NULL)
        take_body_data(place->http2, &payload, frame->length, is_end);
    else
        body_http2_answered_drop(place->answered, frame->length);
    return 0;
}

/* The trailers are dropped. */
static int take_trailers(h2o_http2_conn_t *conn, struct http2 *http2, h2o_http2_frame_t *frame,
                         const char **error)
{
    int status = body_http2_trailers_read(conn, frame, atomic_load(&parse_headers), error);

    if (status == 0 && http2 != NULL)
        take_bytes(http2, NULL, 0, true);
    return status;
}

static ssize_t take_frame(h2o_http2_conn_t *conn, struct place *place, const uint8_t *bytes,
                          size_t size, const char **error)
{
    h2o_http2_frame_t frame;
    ssize_t used = h2o_http2_decode_frame(&frame, bytes, size, &H2O_HTTP2_SETTINGS_HOST, error);

    if (used < 0)
        return used;
    int status = frame.type == H2O_HTTP2_FRAME_TYPE_DATA
                     ? take_data(conn, place, &frame, error)
                     : take_trailers(conn, place->http2, &frame, error);
    if (place->answered != NULL && (frame.flags & H2O_HTTP2_FRAME_FLAG_END_STREAM) != 0)
        body_http2_answered_forget(place->answered);
    return status != 0 ? status : used;
}

static struct http2 *find_body(struct client *client, uint32_t stream_id)
{
    for (h2o_linklist_t *at = client->bodies.next; at != &client->bodies; at = at->next) {
        struct http2 *http2 = (struct http2 *)H2O_STRUCT_FROM_MEMBER(struct body, link, at);
        if (http2->stream_id == stream_id)
            return http2;
    }
    return NULL;
}

static struct place find_place(struct client *client, uint32_t stream_id)
{
    struct http2 *http2 = find_body(client, stream_id);

    return (struct place){http2,
                          http2 == NULL ? body_http2_answered_find(client, stream_id) : NULL};
}

/* The client ends the stream by itself; libh2o gets the frame. */
static void on_client_reset(struct place *place)
{
    if (place->http2 != NULL)
        place->http2->is_reset = true;
    if (place->answered != NULL)
        body_http2_answered_forget(place->answered);
}

ssize_t body_http2_take(h2o_http2_conn_t *conn, const uint8_t *bytes, size_t size,
                        const char **error)
{
    if (size < H2O_HTTP2_FRAME_HEADER_SIZE ||
        (bytes[3] != H2O_HTTP2_FRAME_TYPE_DATA && bytes[3] != H2O_HTTP2_FRAME_TYPE_HEADERS &&
         bytes[3] != H2O_HTTP2_FRAME_TYPE_RST_STREAM))
        return 0;
    struct place place =
        find_place(body_http2_conn_client(conn), h2o_http2_decode32u(bytes + 5) & 0x7fffffff);
    if (bytes[3] == H2O_HTTP2_FRAME_TYPE_RST_STREAM) {
        on_client_reset(&place);
        return 0;
    }
    bool is_ours = place.http2 != NULL ? !place.http2->is_ended : place.answered != NULL;
    return is_ours ? take_frame(conn, &place, bytes, size, error) : 0;
}

/* The body. */

static void set_deadline(struct http2 *http2)
{
    struct worker *worker = http2->body.client->worker;
    uint32_t in_ms = limits_whole_body_ms(&worker->settings->http->limits);

    timer_set(worker_timers(worker), &http2->deadline, clock_now_ns() + in_ms * CLOCK_MS);
}

/* slow_client.c does not find a client that is slow with this body but active on other streams. So
 * each body has a deadline. */
static void on_deadline(struct timer *timer)
{
    struct http2 *http2 = H2O_STRUCT_FROM_MEMBER(struct http2, deadline, timer);

    if (body_keeps_pace(&http2->body))
        set_deadline(http2);
    else if (body_http2_conn_is_open(http2->conn))
        reset(http2, H2O_HTTP2_ERROR_CANCEL);
}

/* Sets the deadline of the body. It need not begin to read, because the client may send at any
 * time, within its flow-control windows. */
static void start(struct body *body)
{
    struct http2 *http2 = (struct http2 *)body;

    body_http2_window_widen(&http2->window, body);
    if (body->is_discarded)
        body_http2_bytes_drop(&http2->bytes);
    else
        give_back(http2, &http2->window.held);
    set_deadline(http2);
}

static void stop(struct body *body)
{
    timer_clear(worker_timers(body->client->worker), &((struct http2 *)body)->deadline);
}

static struct text piece(struct body *body)
{
    struct http2 *http2 = (struct http2 *)body;

    if (http2->bytes.lent == NULL)
        body_http2_window_loan(&http2->window);
    return body_http2_bytes_lend(&http2->bytes);
}

static void use(struct body *body)
{
    struct http2 *http2 = (struct http2 *)body;

    body_http2_bytes_drop_lent(&http2->bytes);
    give_back(http2, &http2->window.loaned);
}

static void wait_for_more(struct body *body)
{
    struct http2 *http2 = (struct http2 *)body;

    if (!timer_is_set(&http2->deadline))
        set_deadline(http2);
}

/* Nobody needs the rest of the body. Some clients keep it in memory until they may send it, so the
 * client may send some more, which is dropped. */
static void let_finish(struct http2 *http2)
{
    if (http2->is_let || http2->is_ended || http2->is_reset ||
        !body_http2_conn_is_open(http2->conn))
        return;
    http2->is_let = true;
    body_http2_window_send(http2->conn, http2->stream_id, BODY_HTTP2_WINDOW_REST);
}

static void drop(struct body *body)
{
    struct http2 *http2 = (struct http2 *)body;

    body_http2_bytes_drop(&http2->bytes);
    let_finish(http2);
}

static h2o_buffer_t *keep(struct body *body)
{
    return body_http2_bytes_take(&((struct http2 *)body)->bytes);
}

static const struct body_source source = {.read = start,
                                          .stop = stop,
                                          .piece = piece,
                                          .use = use,
                                          .wait = wait_for_more,
                                          .drop = drop,
                                          .keep = keep};

static void dispose(void *object)
{
    struct http2 *http2 = object;

    body_dispose(&http2->body);
    http2->body.client->held_bytes -= http2->window.held + http2->window.loaned;
    body_http2_bytes_drop(&http2->bytes);
    let_finish(http2);
    if (!http2->is_ended && !http2->is_reset && body_http2_conn_is_open(http2->conn))
        body_http2_answered_add(http2->conn, http2->body.client, http2->stream_id);
}

void body_http2_begin(h2o_req_t *h2o, bool is_head, head_http2_parse parse)
{
    h2o_http2_stream_t *stream = H2O_STRUCT_FROM_MEMBER(h2o_http2_stream_t, req, h2o);
    h2o_http2_conn_t *conn = (h2o_http2_conn_t *)h2o->conn;

    atomic_store(&parse_headers, parse);
    body_http2_expect_frames(conn);
    if (!is_head || stream->_req_body == NULL)
        return;
    struct http2 *http2 = pool_shared(pool_of(&h2o->pool), sizeof(*http2), dispose);
    http2->conn = conn;
    http2->stream_id = stream->stream_id;
    http2->deadline.fire = on_deadline;
    body_begin(&http2->body, h2o, &source, stream->_expected_content_length);
    h2o_buffer_dispose(&stream->_req_body); /* libh2o believes that the request has no body */
}

bool body_http2_is_missing(h2o_req_t *h2o)
{
    size_t length = H2O_STRUCT_FROM_MEMBER(h2o_http2_stream_t, req, h2o)->_expected_content_length;

    return length != BODY_NO_LENGTH && length > 0;
}
