/*
 * Reads any bytes as the answer of an authorizer. The first byte of the input chooses the status:
 * 'd' is 403, 'e' is 500, anything else 200. The rest is the body, which may be no JSON.
 *
 * Only an object with exactly one member "allow", which is true, may be an allow. What services and
 * the log get of an allow must be plain text: no line may end where this server has not ended it,
 * and no header may be set that the settings do not name.
 */
#include <stdint.h>

#include "bff/base/check.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/edge/verdict.h"
#include "bff/token/jwt_members.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct bff_service service = {.name = "access"};
static const struct text headers[] = {{"x-tenant", 8}, {"x-plan", 6}, {"x-user-id", 9}};

/* An operator has listed X-User-Id by mistake. It must not be set nevertheless. */
#define MAY_SET 2

static const struct authorizer_settings settings = {
    .service = &service,
    .path = {"/authorize", 10},
    .ttl_ms = 300000,
    .deny_ttl_ms = 10000,
    .stale_ms = 60000,
    .max = 10000,
    .headers = headers,
    .header_count = COUNT(headers),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_plain(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < ' ' || text.at[i] > '~')
            return false;
    return text_equal(text, text_trim(text));
}

/* Returns the number of members that mean "allow". */
static size_t count_allow(struct json body, struct pool *pool)
{
    size_t count = 0;

    json_each (one, body) {
        struct text key = one_walk.key;
        struct json name = {.at = key.at - 1, .len = key.len + 2};
        count += text_is(json_text(name, pool), "allow");
    }
    return count;
}

/* Takes the first line out of ${*rest}. */
static struct text take_line(struct text *rest)
{
    const char *end = memmem(rest->at, rest->len, "\r\n", 2);

    must(end != NULL);
    struct text line = {rest->at, (size_t)(end - rest->at)};
    rest->at += line.len + 2;
    rest->len -= line.len + 2;
    return line;
}

static void check_lines(struct text lines)
{
    bool seen[MAY_SET] = {false};

    must(lines.len <= AUTHORIZER_LINES_MAX);
    while (lines.len > 0) {
        struct text value = take_line(&lines), name = text_cut(&value, ':');
        size_t which = 0;
        while (which < MAY_SET && !text_equal(name, headers[which]))
            which++;
        must(which < MAY_SET && !seen[which] && value.len > 0);
        must(is_plain((struct text){value.at + 1, value.len - 1}));
        seen[which] = true;
    }
}

static void check_allow(const struct authorizer_answer *answer, struct json body, struct pool *pool)
{
    must(json_is(json_get(body, "allow"), JSON_TRUE) && count_allow(body, pool) == 1);
    must(answer->user.at == NULL || (answer->user.len > 0 && is_plain(answer->user)));
    must(is_plain(answer->roles) && is_plain(answer->scopes));
    must(answer->ttl_ms <= settings.ttl_ms);
    check_lines(answer->lines);
}

/* A deny may say who is denied. Nothing of it reaches the caller. */
static void check_verdict(const struct authorizer_answer *answer)
{
    static const struct authorizer_answer nothing;
    const struct authorizer_answer *want = answer->is_allow ? answer : &nothing;
    struct cache_entry *entry = authorizer_answer_entry(&settings, answer);
    struct caller caller = {0};

    must(authorizer_answer_is_allow(entry) == answer->is_allow);
    authorizer_answer_apply(entry, &caller);
    must(caller.has_user == (want->user.at != NULL));
    must(text_equal(caller.user.id, want->user) && text_equal(caller.fields, want->lines));
    cache_entry_release(entry);
}

static void check(int status, struct text text, struct pool *pool)
{
    struct authorizer_answer answer;
    struct json body = {0};

    if (jwt_object(text, &body) != 0)
        body = (struct json){0};
    if (authorizer_answer_read(&settings, status, body, pool, &answer) != 0)
        return;
    must(status != 500 && answer.ttl_ms >= 0);
    if (answer.is_allow)
        check_allow(&answer, body, pool);
    else
        must(answer.ttl_ms <= settings.deny_ttl_ms);
    check_verdict(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool;

    if (size == 0)
        return 0;
    pool = pool_new();
    check(data[0] == 'd'   ? 403
          : data[0] == 'e' ? 500
                           : 200,
          (struct text){(const char *)data + 1, size - 1}, pool);
    pool_free(pool);
    return 0;
}
