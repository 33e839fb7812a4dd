/* See head_hooks.h. The two functions that replace the library's have the library's names, without
 * the prefix of this file. */
#include <h2o.h>

#include "bff/http/body_http1.h"
#include "bff/http/body_http2.h"
#include "bff/http/body_http2_expect.h"
#include "bff/http/head_hooks.h"
#include "bff/http/head_http2.h"
#include "bff/http/interpose.h"

/* libh2o's parser (picohttpparser). The library exports it, but the headers do not declare it. */
struct phr_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
};
int phr_parse_request(const char *bytes, size_t len, const char **method, size_t *method_len,
                      const char **path, size_t *path_len, int *minor_version,
                      struct phr_header *fields, size_t *field_count, size_t last_len);

typedef int (*parse_request)(const char *bytes, size_t len, const char **method, size_t *method_len,
                             const char **path, size_t *path_len, int *minor_version,
                             struct phr_header *fields, size_t *field_count, size_t last_len);

static parse_request library_parse_request;
static head_http2_parse library_parse_headers;

/* True in a worker's thread. Other threads may use libh2o, too (those of mock services). The
 * requests of other threads are not changed. */
static __thread bool is_worker;

/* HTTP/1.1. */

/* The parser removes the white space before a value, but not after it. */
static void trim_values(struct phr_header *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text value = text_trim((struct text){fields[i].value, fields[i].value_len});
        fields[i].value = value.at;
        fields[i].value_len = value.len;
    }
}

static bool is_named(const struct phr_header *field, struct text name)
{
    return field->name != NULL &&
           text_equal_nocase((struct text){field->name, field->name_len}, name);
}

static struct text value_of(const struct phr_header *field)
{
    return field == NULL ? (struct text){0} : (struct text){field->value, field->value_len};
}

/* The fields that describe a body. Like libh2o, we use the last Transfer-Encoding and the first
 * Content-Length. The guard refuses a head that can be read in two ways. */
struct framing {
    const struct phr_header *coding, *length, *expect;
};

static struct framing find_framing(const struct phr_header *fields, size_t count)
{
    struct framing found = {0};

    for (size_t i = 0; i < count; i++) {
        if (is_named(&fields[i], TEXT("transfer-encoding")))
            found.coding = &fields[i];
        else if (is_named(&fields[i], TEXT("content-length")) && found.length == NULL)
            found.length = &fields[i];
        else if (is_named(&fields[i], TEXT("expect")))
            found.expect = &fields[i];
    }
    return found;
}

/* Writes the data of the body to ${out}. Returns false if there is no body, or if libh2o refuses
 * the request (400, 417). */
static bool read_framing(const struct framing *framing, struct body_http1_head *out)
{
    struct text length = value_of(framing->length), expect = value_of(framing->expect);

    if (framing->coding != NULL) {
        if (!text_equal_nocase(value_of(framing->coding), TEXT("chunked")))
            return false;
        out->length = BODY_NO_LENGTH;
    } else {
        out->length = h2o_strtosize(length.at, length.len);
        if (out->length == SIZE_MAX || out->length == 0)
            return false;
    }
    out->expects = framing->expect != NULL;
    return !out->expects || text_equal_nocase(expect, TEXT("100-continue"));
}

/* Removes the fields that describe a body. Removes Upgrade, too: otherwise libh2o would begin
 * HTTP/2 in the middle of the body. */
static size_t hide_body(struct phr_header *fields, size_t count)
{
    static const struct text hidden[] = {
        {"transfer-encoding", 17}, {"content-length", 14}, {"expect", 6}, {"upgrade", 7}};
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        bool is_hidden = false;
        for (size_t j = 0; j < sizeof(hidden) / sizeof(hidden[0]); j++)
            is_hidden |= is_named(&fields[i], hidden[j]);
        if (!is_hidden)
            fields[kept++] = fields[i];
    }
    return kept;
}

/* The head that was parsed last in this thread. libh2o calls our handler for it at once. */
static __thread struct body_http1_head parsed;

/* libh2o refuses this head by itself, and its client may be in the middle of it. */
static void note_refused(h2o_req_t *h2o)
{
    struct client *client = client_of_socket(h2o->conn->callbacks->get_socket(h2o->conn));

    if (client != NULL)
        client->sends_on = true;
}

/* ${method} points to a member of libh2o's request. So we find the request through ${method}. */
int phr_parse_request(const char *bytes, size_t len, const char **method, size_t *method_len,
                      const char **path, size_t *path_len, int *minor_version,
                      struct phr_header *fields, size_t *field_count, size_t last_len)
{
    int head_bytes = library_parse_request(bytes, len, method, method_len, path, path_len,
                                           minor_version, fields, field_count, last_len);

    parsed.h2o = NULL;
    if (is_worker && (head_bytes == -1 || len == H2O_MAX_REQLEN))
        note_refused(H2O_STRUCT_FROM_MEMBER(h2o_req_t, input.method.base, (char **)(void *)method));
    if (head_bytes <= 0 || !is_worker)
        return head_bytes;
    trim_values(fields, *field_count);
    struct framing framing = find_framing(fields, *field_count);
    if ((framing.coding == NULL && framing.length == NULL) || !read_framing(&framing, &parsed))
        return head_bytes;
    *field_count = hide_body(fields, *field_count);
    parsed.bytes = (size_t)head_bytes;
    parsed.expects &= *minor_version != 0; /* RFC 9110 section 10.1.1: HTTP/1.0 has no 100 */
    parsed.h2o = H2O_STRUCT_FROM_MEMBER(h2o_req_t, input.method.base, (char **)(void *)method);
    return head_bytes;
}

void head_hooks_begin_body(h2o_req_t *h2o)
{
    struct body_http1_head head = parsed;

    parsed.h2o = NULL;
    if (h2o->version >= 0x200)
        body_http2_expect_upgraded(h2o);
    else if (head.h2o == h2o)
        body_http1_begin(&head);
}

/* HTTP/2. */

static void trim(h2o_iovec_t *value)
{
    struct text trimmed = text_trim((struct text){value->base, value->len});

    value->base += trimmed.at - value->base;
    value->len = trimmed.len;
}

/*
 * HTTP/2 does not allow white space around a value (RFC 9113 section 8.2.1), but curl and Node.js
 * send it, and nginx and HAProxy accept it and pass it on. It is removed, as with HTTP/1.1: then a
 * request has the same meaning over both protocols, and no two readers see different values. libh2o
 * has read Content-Length and TE before, and ends the connection when they have white space.
 */
static void trim_fields(h2o_req_t *h2o)
{
    for (size_t i = 0; i < h2o->headers.size; i++)
        trim(&h2o->headers.entries[i].value);
    if (h2o->input.authority.base != NULL)
        trim(&h2o->input.authority);
}

int h2o_hpack_parse_headers(h2o_req_t *h2o, h2o_hpack_header_table_t *table, const uint8_t *bytes,
                            size_t len, int *map, size_t *content_length,
                            h2o_cache_digests_t **digests, const char **error)
{
    struct head_http2_block block = {h2o, table, bytes, len, map, content_length, error};

    if (!is_worker || map == NULL)
        return library_parse_headers(h2o, table, bytes, len, map, content_length, digests, error);
    int status = head_http2_read(&block, library_parse_headers);
    trim_fields(h2o);
    body_http2_begin(h2o, status == 0, library_parse_headers);
    return status;
}

/* Start. */

_Static_assert(H2O_LIBRARY_VERSION_MAJOR == 0 && H2O_LIBRARY_VERSION_MINOR == 13 &&
                   H2O_LIBRARY_VERSION_PATCH == 5,
               "what is relied on here was read in libh2o 2.2.5");

/* dlsym returns a pointer to an object. POSIX allows its use as a pointer to a function. */
union function {
    void *found;
    parse_request request;
    head_http2_parse headers;
};

/* Runs when the program is loaded, because any thread may begin to use libh2o at any time. */
__attribute__((constructor)) static void find_functions(void)
{
    union function request = {.found = interpose_library("phr_parse_request")};
    union function headers = {.found = interpose_library("h2o_hpack_parse_headers")};

    library_parse_request = request.request;
    library_parse_headers = headers.headers;
}

void head_hooks_install(void)
{
    union function request = {.request = phr_parse_request};
    union function headers = {.headers = h2o_hpack_parse_headers};

    interpose_check("phr_parse_request", request.found);
    interpose_check("h2o_hpack_parse_headers", headers.found);
    is_worker = true;
}
