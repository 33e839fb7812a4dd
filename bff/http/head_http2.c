/* See head_http2.h. */
#include "bff/http/client.h"
#include "bff/http/cookie.h"
#include "bff/http/head_http2.h"
#include "bff/http/head_http2_copy.h"
#include "bff/http/host.h"
#include "bff/http/hpack_field.h"
#include "bff/http/worker.h"
#include "bff/http/worker_settings.h"

#define ABSURD 10             /* times the limit: an honest client never sends so many fields */
#define FIELD_BYTES 4         /* ": " and the line's end */
#define KEPT_METHOD 64        /* bytes of a dropped head: of its method, */
#define KEPT_PATH 1024        /* of its path, */
#define KEPT_VALUE 256        /* and of each field that its refusal needs */
#define ALIAS "\x00\x05host-" /* a coded name; see read_host */

/* What is known of the head that is being read. */
struct head {
    const struct head_http2_block *block;
    head_http2_parse parse;
    const struct server_limits *limits;
    size_t fields, bytes;
    size_t unkept;   /* fields that libh2o does not keep as such */
    bool is_regular; /* the pseudo-header fields are over */
    enum head_http2_over over;
    size_t cookie_place;  /* of the first Cookie, */
    size_t cookies;       /* their number, */
    struct cookie cookie; /* and their pieces, when there is more than one */
    size_t hosts;
    h2o_iovec_t host;
    bool has_other;
    h2o_req_t other; /* gets the fields that are not kept */
};

/* A dropped head has a first field with one of these names. No client can send a field with it,
 * because the address is compared. */
static h2o_iovec_t marks[] = {
    [HEAD_HTTP2_FIELDS] = {"", 0},
    [HEAD_HTTP2_TARGET] = {"", 0},
};

enum head_http2_over head_http2_over(const h2o_req_t *h2o)
{
    const h2o_iovec_t *name = h2o->headers.size > 0 ? h2o->headers.entries[0].name : NULL;

    if (name == &marks[HEAD_HTTP2_FIELDS])
        return HEAD_HTTP2_FIELDS;
    return name == &marks[HEAD_HTTP2_TARGET] ? HEAD_HTTP2_TARGET : HEAD_HTTP2_WHOLE;
}

/* Decoding. */

/* Reads ${bytes}, one field, into ${to}. libh2o reports a field with a byte that is not allowed,
 * and goes on (H2O_HTTP2_ERROR_INVALID_HEADER_CHAR). */
static int decode(struct head *head, h2o_req_t *to, struct text bytes)
{
    const struct head_http2_block *block = head->block;
    int before = *block->map;
    size_t length = SIZE_MAX;
    int status = head->parse(to, block->table, (const uint8_t *)bytes.at, bytes.len,
                             head->is_regular ? NULL : block->map, &length, NULL, block->error);

    if (length != SIZE_MAX && *block->content_length != SIZE_MAX &&
        length != *block->content_length)
        return H2O_HTTP2_ERROR_PROTOCOL;
    if (length != SIZE_MAX)
        *block->content_length = length;
    head->is_regular |= *block->map == before;
    return status == H2O_HTTP2_ERROR_INVALID_HEADER_CHAR ? 0 : status;
}

/* Reads ${bytes} into a request that does not exist. The field is there until the next call. */
static int decode_apart(struct head *head, struct text bytes)
{
    if (head->has_other)
        h2o_mem_clear_pool(&head->other.pool);
    h2o_init_request(&head->other, head->block->h2o->conn, NULL);
    head->has_other = true;
    return decode(head, &head->other, bytes);
}

static h2o_header_t *decoded_apart(struct head *head)
{
    return head->other.headers.size > 0 ? &head->other.headers.entries[0] : NULL;
}

/* Dropping. */

/* The fields that a refusal needs: CORS, and the ids of the log. */
static bool is_needed(const h2o_header_t *field)
{
    static const struct text names[] = {{"origin", 6}, {"x-request-id", 12}, {"traceparent", 11}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal((struct text){field->name->base, field->name->len}, names[i]))
            return field->value.len <= KEPT_VALUE;
    return false;
}

static void keep_if_needed(h2o_req_t *h2o, const h2o_header_t *field)
{
    if (!is_needed(field))
        return;
    h2o_iovec_t name = h2o_strdup(&h2o->pool, field->name->base, field->name->len);
    h2o_iovec_t value = h2o_strdup(&h2o->pool, field->value.base, field->value.len);
    h2o_add_header_by_str(&h2o->pool, &h2o->headers, name.base, name.len, 1, NULL, value.base,
                          value.len);
}

static void keep_beginning(h2o_req_t *h2o, h2o_iovec_t *value, size_t bytes)
{
    if (value->base != NULL)
        *value = h2o_strdup(&h2o->pool, value->base, value->len < bytes ? value->len : bytes);
}

static void keep_beginnings(h2o_req_t *h2o)
{
    keep_beginning(h2o, &h2o->input.method, KEPT_METHOD);
    keep_beginning(h2o, &h2o->input.path, KEPT_PATH);
    keep_beginning(h2o, &h2o->input.authority, KEPT_VALUE);
}

/* The request gets a new pool with what is kept, and the old pool is freed. Nothing else has used
 * the pool yet. */
static void drop(struct head *head, enum head_http2_over why)
{
    h2o_req_t *h2o = head->block->h2o;
    h2o_mem_pool_t old = h2o->pool;
    h2o_headers_t fields = h2o->headers;

    h2o_mem_init_pool(&h2o->pool);
    h2o->headers = (h2o_headers_t){0};
    h2o_vector_reserve(&h2o->pool, &h2o->headers, 1);
    h2o->headers.entries[h2o->headers.size++] = (h2o_header_t){.name = &marks[why]};
    for (size_t i = 0; i < fields.size; i++)
        keep_if_needed(h2o, &fields.entries[i]);
    keep_beginnings(h2o);
    h2o_mem_clear_pool(&old);
    head->over = why;
}

static void check_limits(struct head *head)
{
    const struct server_limits *limits = head->limits;
    const h2o_req_t *h2o = head->block->h2o;
    size_t pseudo = h2o->input.method.len + h2o->input.authority.len;

    if (head->over != HEAD_HTTP2_WHOLE)
        return;
    if (head->fields > limits->header_fields || head->bytes + pseudo > limits->header_bytes)
        drop(head, HEAD_HTTP2_FIELDS);
    else if (h2o->input.path.len > limits->target_bytes)
        drop(head, HEAD_HTTP2_TARGET);
}

/* Fields. */

static void count(struct head *head, const h2o_header_t *field)
{
    head->fields++;
    head->bytes += field->name->len + field->value.len + FIELD_BYTES;
}

/* Content-Length is not kept as a field. libh2o has read it. */
static void count_unkept(struct head *head)
{
    if (head->is_regular && head->unkept++ > 0)
        head->fields++;
}

static void count_piece(struct head *head, size_t bytes) { head->bytes += COOKIE_GAP + bytes; }

/* A pseudo-header field is needed in any case. */
static void keep_pseudo(h2o_req_t *h2o, const h2o_req_t *from)
{
    if (from->input.method.base != NULL)
        h2o->input.method = from->input.method;
    if (from->input.path.base != NULL)
        h2o->input.path = from->input.path;
    if (from->input.authority.base != NULL)
        h2o->input.authority = from->input.authority;
    if (from->input.scheme != NULL)
        h2o->input.scheme = from->input.scheme;
    keep_beginnings(h2o);
}

static int read_dropped(struct head *head, struct text bytes, bool is_cookie)
{
    int status = decode_apart(head, bytes);
    const h2o_header_t *field = decoded_apart(head);

    if (status != 0)
        return status;
    if (field == NULL) {
        count_unkept(head);
        keep_pseudo(head->block->h2o, &head->other);
    } else if (is_cookie) {
        count_piece(head, field->value.len);
    } else {
        count(head, field);
        keep_if_needed(head->block->h2o, field);
    }
    return 0;
}

static int read_other(struct head *head, struct text bytes)
{
    h2o_req_t *h2o = head->block->h2o;
    size_t before = h2o->headers.size;
    int status = decode(head, h2o, bytes);

    if (h2o->headers.size > before)
        count(head, &h2o->headers.entries[before]);
    else
        count_unkept(head);
    return status;
}

static int read_cookie(struct head *head, struct text bytes)
{
    h2o_req_t *h2o = head->block->h2o;

    if (head->cookies++ == 0) {
        head->cookie_place = h2o->headers.size;
        return read_other(head, bytes);
    }
    int status = decode_apart(head, bytes);
    const h2o_header_t *piece = decoded_apart(head);
    if (status != 0 || piece == NULL)
        return status;
    if (head->cookies == 2) {
        h2o_iovec_t first = h2o->headers.entries[head->cookie_place].value;
        cookie_add(&head->cookie, (struct text){first.base, first.len});
    }
    cookie_add(&head->cookie, (struct text){piece->value.base, piece->value.len});
    count_piece(head, piece->value.len);
    return 0;
}

/* The value of Host, which libh2o has read and not kept. A coded value is read again, under another
 * name. */
static int read_host_value(struct head *head, const struct hpack_field *field, h2o_iovec_t *value)
{
    h2o_mem_pool_t *pool = &head->block->h2o->pool;
    size_t named = sizeof(ALIAS) - 1, dynamic = field->index - HPACK_FIELD_STATIC - 1;

    if (field->value.at == NULL && field->index <= HPACK_FIELD_STATIC) {
        *value = h2o_iovec_init("", 0); /* as in the table of RFC 7541 */
        return 0;
    }
    if (field->value.at == NULL) {
        *value = *h2o_hpack_header_table_get(head->block->table, dynamic)->value;
        return 0;
    }
    h2o_iovec_t alias = h2o_concat(pool, h2o_iovec_init(ALIAS, named),
                                   h2o_iovec_init(field->value.at, field->value.len));
    int status = decode_apart(head, (struct text){alias.base, alias.len});
    if (status == 0 && decoded_apart(head) != NULL)
        *value = decoded_apart(head)->value;
    return status;
}

/* Two Hosts are joined by a comma, and guard.c refuses that. */
static int read_host(struct head *head, const struct hpack_field *field)
{
    h2o_mem_pool_t *pool = &head->block->h2o->pool;
    h2o_iovec_t value = {NULL, 0};
    int status = decode_apart(head, (struct text){(const char *)field->bytes, field->size});

    if (status != 0)
        return status;
    head->fields += head->hosts > 0;
    if (head->hosts++ > 1)
        return 0;
    status = read_host_value(head, field, &value);
    head->bytes += 4 + value.len + FIELD_BYTES;
    head->host = head->hosts == 1 ? h2o_strdup(pool, value.base, value.len)
                                  : h2o_concat(pool, head->host, h2o_iovec_init(",", 1), value);
    return status;
}

static int read_field(struct head *head, const struct hpack_field *field)
{
    struct text bytes = {(const char *)field->bytes, field->size};
    enum hpack_name name = hpack_field_name(field, head->block->table);

    if (head->over != HEAD_HTTP2_WHOLE)
        return read_dropped(head, bytes, name == HPACK_NAME_COOKIE);
    switch (name) {
    case HPACK_NAME_COOKIE:
        return read_cookie(head, bytes);
    case HPACK_NAME_HOST:
        return read_host(head, field);
    case HPACK_NAME_OTHER:
        break;
    }
    return read_other(head, bytes);
}

/* The whole. */

static bool is_absurd(const struct head *head)
{
    return head->fields / ABSURD >= head->limits->header_fields ||
           head->bytes / ABSURD >= head->limits->header_bytes;
}

static int read_fields(struct head *head)
{
    const uint8_t *at = head->block->bytes, *end = at + head->block->size;

    while (at < end) {
        struct hpack_field field = hpack_field_first(at, (size_t)(end - at));
        int status = read_field(head, &field);
        if (status != 0)
            return status;
        check_limits(head);
        if (is_absurd(head))
            return H2O_HTTP2_ERROR_ENHANCE_YOUR_CALM;
        at += field.size;
    }
    return 0;
}

static struct text name_of(h2o_req_t *h2o, h2o_iovec_t authority)
{
    return host_name(pool_of(&h2o->pool), text_trim((struct text){authority.base, authority.len}));
}

/* Host and :authority must name the same host (RFC 9113 section 8.3.1): a proxy in front may have
 * read the other one. If they do not, they are joined by a comma, too. */
static void choose_authority(struct head *head)
{
    h2o_req_t *h2o = head->block->h2o;
    h2o_iovec_t *authority = &h2o->input.authority;

    if (head->hosts == 0)
        return;
    if (head->hosts > 1 || authority->base == NULL)
        *authority = head->host;
    else if (!text_equal_nocase(name_of(h2o, *authority), name_of(h2o, head->host)))
        *authority = h2o_concat(&h2o->pool, *authority, h2o_iovec_init(",", 1), head->host);
}

static void finish(struct head *head)
{
    h2o_req_t *h2o = head->block->h2o;

    if (*head->block->error != NULL && head->over == HEAD_HTTP2_WHOLE)
        drop(head, HEAD_HTTP2_FIELDS); /* libh2o answers 400 by itself */
    if (head->over == HEAD_HTTP2_WHOLE && head->cookies > 1)
        h2o->headers.entries[head->cookie_place].value = cookie_value(&head->cookie, &h2o->pool);
    if (head->over != HEAD_HTTP2_WHOLE)
        return;
    choose_authority(head);
    head_http2_copy(h2o);
}

int head_http2_read(const struct head_http2_block *block, head_http2_parse parse)
{
    struct head head = {
        .block = block,
        .parse = parse,
        .limits = &client_of(block->h2o)->worker->settings->http->limits,
    };

    *block->content_length = SIZE_MAX;
    int status = read_fields(&head);
    finish(&head);
    cookie_free(&head.cookie);
    if (head.has_other)
        h2o_mem_clear_pool(&head.other.pool);
    if (status == 0 && *block->error != NULL)
        return H2O_HTTP2_ERROR_INVALID_HEADER_CHAR;
    return status;
}
