/* See proxy_transform.h. */
#include "bff/base/status.h"
#include "bff/base/text_builder.h"
#include "bff/coding/coding.h"
#include "bff/http/reply.h"
#include "bff/http/reply_head.h"
#include "bff/proxy/proxy_transform.h"

static struct proxy_transform *of(struct reply_filter *filter)
{
    return (struct proxy_transform *)filter;
}

/* What is JSON. */

static bool ends_nocase(struct text text, struct text end)
{
    if (text.len < end.len)
        return false;
    return text_equal_nocase((struct text){text.at + text.len - end.len, end.len}, end);
}

static struct text without_quotes(struct text value)
{
    bool is_quoted = value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"';

    return is_quoted ? (struct text){value.at + 1, value.len - 2} : value;
}

/* In these charsets, ASCII is ASCII. Another one may hide names: in UTF-7, "+AHI-ole" is "role". */
static bool is_charset(struct text name)
{
    return text_equal_nocase(name, TEXT("utf-8")) || text_equal_nocase(name, TEXT("us-ascii")) ||
           text_equal_nocase(name, TEXT("iso-8859-1"));
}

static bool has_charset(struct text parameters)
{
    while (parameters.at != NULL) {
        struct text value = text_cut(&parameters, ';'), name = text_trim(text_cut(&value, '='));
        if (text_equal_nocase(name, TEXT("charset")) &&
            !is_charset(without_quotes(text_trim(value))))
            return false;
    }
    return true;
}

/* application/json, text/json, and types such as application/problem+json (RFC 6839). Of several
 * types, another program may read another one. */
static bool is_json(struct text type)
{
    struct text rest = type, name = text_trim(text_cut(&rest, ';'));

    if (type.at == NULL || memchr(type.at, ',', type.len) != NULL || !has_charset(rest))
        return false;
    return text_equal_nocase(name, TEXT("application/json")) ||
           text_equal_nocase(name, TEXT("text/json")) || ends_nocase(name, TEXT("+json"));
}

/* True when the rules are about the body of the answer. */
static bool concerns(const struct plain_transform *rules, int status)
{
    return rules->response_body != NULL && status >= 200 && status != 204 && status != 304 &&
           !(rules->passes_errors && status >= 400);
}

static bool can_edit(const struct proxy_transform_head *head)
{
    return is_json(head->type) && coding_of(head->coding) == CODING_IDENTITY && head->status != 206;
}

/* The body of the request. */

static void gather(void *cookie, struct text bytes) { text_builder_add(cookie, bytes); }

static enum proxy_transform_body edit_body(struct proxy_transform *transform, struct text body)
{
    struct json_edit *edit = pool_take(transform->request->pool, sizeof(*edit));
    struct text_builder out;

    text_builder_init(&out, transform->request->pool, body.len + 64);
    json_edit_init(edit, transform->rules->request_body, transform->depth_max, gather, &out);
    if (json_edit_more(edit, body) != 0 || json_edit_end(edit) != 0)
        return PROXY_TRANSFORM_BROKEN;
    transform->has_body = true;
    transform->body = text_builder_text(&out);
    return PROXY_TRANSFORM_GOOD;
}

enum proxy_transform_body proxy_transform_body(struct proxy_transform *transform)
{
    const struct plain_transform *rules = transform->rules;
    struct text body = request_body(transform->request);
    enum proxy_transform_body result;

    if (text_is(rules->method, "GET")) {
        transform->has_body = true;
        return PROXY_TRANSFORM_GOOD;
    }
    if (rules->request_body == NULL || body.len == 0)
        return PROXY_TRANSFORM_GOOD;
    if (!is_json(request_list(transform->request, "content-type")) ||
        coding_of(request_list(transform->request, "content-encoding")) != CODING_IDENTITY)
        result = PROXY_TRANSFORM_OTHER_TYPE;
    else
        result = edit_body(transform, body);
    return rules->request_other == PLAIN_OTHER_PASS ? PROXY_TRANSFORM_GOOD : result;
}

/* The head of the answer. */

static void change_status(struct request *request, int to)
{
    if (to == reply_head_status(request))
        return;
    reply_head_set_status(request, to);
    reply_head_set_length(request, REPLY_HEAD_NO_LENGTH);
    if (to == 204)
        reply_head_remove(request, "content-type");
}

/* A 304 has no type. The client has the answer that it is about with a weak ETag. */
static void head(struct reply_filter *filter, struct request *request)
{
    struct proxy_transform *transform = of(filter);
    bool is_304 = reply_head_status(request) == 304;

    if (!transform->is_taken) {
        reply_filter_remove(request, filter);
        return;
    }
    if (transform->rules->response_body != NULL && (transform->edits || is_304))
        reply_head_set_changed(request);
    if (transform->edits)
        reply_head_set_length(request, REPLY_HEAD_NO_LENGTH);
    change_status(request, plain_transform_status(transform->rules, reply_head_status(request)));
    if (!transform->edits && reply_head_status(request) != 204)
        reply_filter_remove(request, filter);
}

/* The body of the answer. */

static void pass(void *cookie, struct text bytes) { reply_filter_pass(cookie, bytes); }

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Passes the white space at the beginning. Then decides by the first byte whether the rules are
 * about such a text. */
static void begin(struct proxy_transform *transform, struct text *bytes)
{
    size_t at = 0;

    while (at < bytes->len && is_space(bytes->at[at]))
        at++;
    reply_filter_pass(&transform->filter, (struct text){bytes->at, at});
    *bytes = (struct text){bytes->at + at, bytes->len - at};
    if (bytes->len == 0)
        return;
    transform->has_begun = true;
    transform->edits = json_edit_rules_reach(transform->rules->response_body, bytes->at[0]);
}

static void break_off(struct proxy_transform *transform)
{
    reply_filter_break(transform->request);
    if (transform->broken != NULL)
        transform->broken(transform->cookie);
}

static void edit_more(struct proxy_transform *transform, struct text bytes)
{
    struct json_edit *edit = transform->edit;

    if (edit == NULL) {
        edit = transform->edit = pool_take(transform->request->pool, sizeof(*edit));
        json_edit_init(edit, transform->rules->response_body, transform->depth_max, pass,
                       &transform->filter);
    }
    if (json_edit_more(edit, bytes) != 0)
        break_off(transform);
}

static void data(struct reply_filter *filter, struct text bytes)
{
    struct proxy_transform *transform = of(filter);
    bool may_pass = transform->rules->response_other == PLAIN_OTHER_PASS;

    if (reply_head_status(transform->request) == 204)
        return;
    if (transform->edits && !transform->has_begun && may_pass)
        begin(transform, &bytes);
    if (bytes.len == 0 || transform->request->answer.is_broken)
        return;
    if (transform->edits)
        edit_more(transform, bytes);
    else
        reply_filter_pass(filter, bytes);
}

static void end(struct reply_filter *filter, bool is_cut)
{
    if (!is_cut)
        proxy_transform_end(of(filter));
}

bool proxy_transform_end(struct proxy_transform *transform)
{
    if (transform == NULL || !transform->edits || transform->edit == NULL || transform->is_over)
        return true;
    transform->is_over = true;
    if (json_edit_end(transform->edit) == 0)
        return true;
    break_off(transform);
    return false;
}

bool proxy_transform_refuses(const struct proxy_transform *transform,
                             const struct proxy_transform_head *head)
{
    if (!concerns(transform->rules, head->status) ||
        transform->rules->response_other == PLAIN_OTHER_PASS ||
        text_is(transform->request->method, "HEAD"))
        return false;
    return plain_transform_status(transform->rules, head->status) != 204 && !can_edit(head);
}

/* The answer to HEAD has the head of the answer to GET. */
void proxy_transform_take(struct proxy_transform *transform,
                          const struct proxy_transform_head *head)
{
    transform->is_taken = true;
    transform->edits = concerns(transform->rules, head->status) && can_edit(head);
}

/* "Not found" and not "Not Found", as the other refusals. */
static const char *message_of(struct pool *pool, int status)
{
    struct text phrase = text_of(status_phrase(status));
    char *message = pool_take(pool, phrase.len + 1);

    text_lower(message, phrase);
    message[0] = phrase.at[0];
    message[phrase.len] = '\0';
    return message;
}

void proxy_transform_refuse(struct proxy_transform *transform, int status, struct text proxy_status)
{
    struct request *request = transform->request;
    int to = status >= 400 ? plain_transform_status(transform->rules, status) : 502;

    reply_error_with(request, to, message_of(request->pool, to),
                     (struct reply_field){"proxy-status", proxy_status});
}

struct proxy_transform *proxy_transform_new(struct request *request,
                                            const struct plain_transform *rules, unsigned depth_max)
{
    struct proxy_transform *transform = pool_zero(request->pool, sizeof(*transform));

    transform->filter = (struct reply_filter){.head = head, .data = data, .end = end};
    transform->request = request;
    transform->rules = rules;
    transform->depth_max = depth_max;
    if (rules->response_body != NULL || rules->status_count > 0)
        reply_filter_add(request, &transform->filter);
    return transform;
}
