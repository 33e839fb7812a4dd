/* See compress.h. */
#include "bff/coding/coding_accept.h"
#include "bff/coding/coding_encode.h"
#include "bff/http/compress.h"
#include "bff/http/reply_filter.h"
#include "bff/http/reply_head.h"

#define EVENT_STREAM "text/event-stream"

/* An object with a destructor in the request's pool, since the answer may end in the middle. */
struct compress {
    struct reply_filter filter; /* must be first: it is called by this address */
    struct request *request;
    const struct compress_settings *settings;
    enum coding coding;
    struct coding_encode *encode; /* NULL: there was no byte yet */
    bool is_live; /* its length is not known, so the client may wait for each byte */
};

static void dispose(void *object) { coding_encode_free(((struct compress *)object)->encode); }

static struct compress *of(struct reply_filter *filter) { return (struct compress *)filter; }

/* Which answers. */

static bool has_form(struct text type, struct text form)
{
    struct text rest = form, before = text_cut(&rest, '*');

    if (rest.at == NULL)
        return text_equal(type, form);
    if (text_is(type, EVENT_STREAM) || type.len < before.len + rest.len)
        return false;
    return text_starts(type, before) &&
           memcmp(type.at + type.len - rest.len, rest.at, rest.len) == 0;
}

bool compress_has_type(const struct compress_settings *settings, struct text type)
{
    char lower[128];
    struct text rest = type, name = text_trim(text_cut(&rest, ';'));

    if (type.at == NULL || name.len == 0 || name.len > sizeof(lower))
        return false;
    name = text_lower(lower, name);
    for (size_t i = 0; i < settings->type_count; i++)
        if (has_form(name, settings->types[i]))
            return true;
    return false;
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 205 && status != 206 && status != 304;
}

static bool is_refused(const struct request *request)
{
    struct text no_transform = TEXT("no-transform");

    return text_list_has_nocase(reply_head_list(request, "cache-control"), no_transform) ||
           text_list_has_nocase(request_list(request, "cache-control"), no_transform);
}

static bool may_be_coded(const struct request *request, const struct compress_settings *settings)
{
    return has_body(reply_head_status(request)) &&
           reply_head_length(request) >= settings->min_bytes &&
           compress_has_type(settings, reply_head_find(request, "content-type")) &&
           reply_head_find(request, "content-encoding").at == NULL &&
           reply_head_find(request, "content-range").at == NULL && !is_refused(request);
}

/* The head. */

static void add_vary(struct request *request)
{
    struct text vary = reply_head_list(request, "vary");

    if (!text_list_has_nocase(vary, TEXT("accept-encoding")) && !text_list_has(vary, TEXT("*")))
        reply_head_add(request, TEXT("vary"), TEXT("Accept-Encoding"));
}

/* A client updates what it has by a 304 only if both have the same ETag (RFC 9111 section 4.3.4).
 */
static void head_of_304(struct request *request)
{
    struct text etag = reply_head_find(request, "etag");

    add_vary(request);
    if (text_list_has(request_list(request, "if-none-match"), reply_head_weak(request, etag)))
        reply_head_set(request, "etag", reply_head_weak(request, etag));
}

static enum coding choose(const struct compress *compress)
{
    const struct compress_settings *settings = compress->settings;
    enum coding coding = coding_accept_choose(request_list(compress->request, "accept-encoding"),
                                              settings->codings, settings->coding_count);

    if (coding_encode_in_use() + coding_encode_cost(coding) > settings->memory)
        return CODING_IDENTITY;
    return coding;
}

static struct coding_encode *encoder(struct compress *compress)
{
    const struct compress_settings *settings = compress->settings;

    if (compress->encode == NULL)
        compress->encode = coding_encode_new(compress->coding, compress->coding == CODING_BR
                                                                   ? settings->br_level
                                                                   : settings->gzip_level);
    return compress->encode;
}

/* A streamed answer to HEAD has no bytes, so it needs no encoder. */
static void begin(struct compress *compress, struct request *request)
{
    compress->is_live = reply_head_length(request) == REPLY_HEAD_NO_LENGTH;
    if (!text_is(request->method, "HEAD"))
        encoder(compress);
    reply_head_add(request, TEXT("content-encoding"), coding_name(compress->coding));
    reply_head_set_length(request, REPLY_HEAD_NO_LENGTH);
    reply_head_set_changed(request);
}

static void head(struct reply_filter *filter, struct request *request)
{
    struct compress *compress = of(filter);

    if (reply_head_status(request) == 304)
        head_of_304(request);
    if (may_be_coded(request, compress->settings)) {
        add_vary(request);
        compress->coding = choose(compress);
    }
    if (compress->coding == CODING_IDENTITY)
        reply_filter_remove(request, filter);
    else
        begin(compress, request);
}

/* The body. */

static void pass(void *cookie, struct text bytes) { reply_filter_pass(cookie, bytes); }

static void data(struct reply_filter *filter, struct text bytes)
{
    coding_encode_add(encoder(of(filter)), bytes, pass, filter);
}

/* An answer whose length is known is not written bit by bit, so nobody waits for a part of it. A
 * flush costs bytes. */
static void flush(struct reply_filter *filter)
{
    if (of(filter)->is_live && of(filter)->encode != NULL)
        coding_encode_flush(of(filter)->encode, pass, filter);
}

/* The client of an answer that was cut must see that it is not complete. */
static void end(struct reply_filter *filter, bool is_cut)
{
    struct compress *compress = of(filter);

    if (!is_cut && compress->encode != NULL)
        coding_encode_end(compress->encode, pass, filter);
    coding_encode_free(compress->encode);
    compress->encode = NULL;
}

void compress_answer(struct request *request, const struct compress_settings *settings)
{
    if (settings->coding_count == 0)
        return;
    struct compress *compress = pool_shared(request->pool, sizeof(*compress), dispose);
    compress->filter =
        (struct reply_filter){.head = head, .data = data, .flush = flush, .end = end};
    compress->request = request;
    compress->settings = settings;
    reply_filter_add(request, &compress->filter);
}
