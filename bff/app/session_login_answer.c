/* See session_login_answer.h. */
#include "bff/app/session_login_answer.h"
#include "bff/http/reply.h"
#include "bff/http/reply_head.h"
#include "bff/proxy/proxy_answer.h"

#define DEPTH_MOST 128

void session_login_answer_head(struct session_login_answer *answer, struct pool *pool,
                               const struct exchange_head *head)
{
    struct exchange_field *fields = pool_take(pool, head->field_count * sizeof(*fields) + 1);

    for (size_t i = 0; i < head->field_count; i++)
        fields[i] = (struct exchange_field){pool_text(pool, head->fields[i].name),
                                            pool_text(pool, head->fields[i].value)};
    answer->head = *head;
    answer->head.fields = fields;
}

static bool is_success(const struct session_login_answer *answer)
{
    return answer->head.status >= 200 && answer->head.status <= 299;
}

static bool is_page(const struct session_login_answer *answer)
{
    const struct exchange_head *head = &answer->head;

    for (size_t i = 0; i < head->field_count; i++)
        if (text_equal_nocase(head->fields[i].name, TEXT("content-type"))) {
            struct text type = head->fields[i].value;
            return head->status == 200 &&
                   text_equal_nocase(text_trim(text_cut(&type, ';')), TEXT("text/html"));
        }
    return false;
}

bool session_login_answer_body(struct session_login_answer *answer, struct pool *pool,
                               struct text body, const struct session_login_settings *settings)
{
    answer->body = body;
    if (body.len == 0)
        return true;
    if (!json_scan_accepts(body.at, body.len, DEPTH_MOST))
        return !is_success(answer) || (answer->is_page_allowed && is_page(answer));
    session_tokens_read(json_of(body), settings, pool, &answer->tokens);
    answer->body = session_tokens_rest(json_of(body), settings, pool);
    return !session_tokens_are_in(&answer->tokens, answer->body, pool);
}

/* Fields that describe the bytes of the body, or say who may store them. */
static bool is_wrong_now(struct text name)
{
    static const char *const names[] = {"cache-control", "etag",        "content-md5",
                                        "digest",        "repr-digest", "content-digest"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (text_equal_nocase(name, text_of(names[i])))
            return true;
    return false;
}

void session_login_answer_send(const struct session_login_answer *answer, struct request *request,
                               const struct proxy_ask *ask)
{
    struct exchange_head head = answer->head;
    size_t kept = 0;

    for (size_t i = 0; i < head.field_count; i++)
        if (!is_wrong_now(head.fields[i].name) &&
            !session_tokens_are_in(&answer->tokens, head.fields[i].value, request->pool))
            head.fields[kept++] = head.fields[i];
    head.field_count = kept;
    if (head.framing != EXCHANGE_NO_BODY) {
        head.framing = EXCHANGE_LENGTH;
        head.length = answer->body.len;
    }
    proxy_answer_head(request, ask, &head);
    reply_head_set(request, "cache-control", TEXT("no-store"));
    reply_whole(request, &answer->body, answer->body.len > 0 ? 1 : 0);
}
