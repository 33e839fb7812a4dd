/* See authorizer_answer.h. */
#include <math.h>

#include "bff/base/text_builder.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/edge/login_roles.h"
#include "bff/edge/verdict.h"
#include "bff/http/field.h"
#include "bff/token/jwt_members.h"

#define STATUS_ALLOW 200
#define STATUS_DENY 403
#define ENTRIES_BYTES ((size_t)16 * 1024 * 1024) /* of all verdicts, when the most are kept */

enum { ALLOW, USER, ROLES, SCOPES, CONTEXT, TTL, MEMBER_COUNT };

/* The user. */

static bool is_integer(struct json value)
{
    struct text digits = json_raw(value);

    for (size_t i = 0; i < digits.len; i++)
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
    return digits.len > 0;
}

static int read_user(struct json value, struct pool *pool, struct text *out)
{
    if (json_is(value, JSON_NONE))
        return 0;
    if (!json_is(value, JSON_STRING) && !(json_is(value, JSON_NUMBER) && is_integer(value)))
        return -1;
    *out = json_text(value, pool);
    return out->len > 0 && login_roles_is_plain(*out) ? 0 : -1;
}

static int read_roles(struct json value, struct pool *pool, struct text *out)
{
    return json_is(value, JSON_NONE) ? 0 : login_roles_read(value, false, pool, out);
}

/* A byte of a scope (RFC 6749 section 3.3). */
static bool is_scope_byte(char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; }

static bool is_scope(struct text scope)
{
    for (size_t i = 0; i < scope.len; i++)
        if (!is_scope_byte(scope.at[i]))
            return false;
    return true;
}

/* Adds the scopes of ${list}, which are separated by spaces. */
static int add_scopes(struct text_builder *out, struct text list)
{
    while (list.at != NULL) {
        struct text scope = text_cut(&list, ' ');
        if (!is_scope(scope) || out->len + scope.len >= AUTHORIZER_SCOPES_MAX)
            return -1;
        if (scope.len == 0)
            continue;
        text_builder_add(out, out->len > 0 ? TEXT(" ") : TEXT(""));
        text_builder_add(out, scope);
    }
    return 0;
}

static int read_scopes(struct json value, struct pool *pool, struct text *out)
{
    struct text_builder scopes;

    if (json_is(value, JSON_NONE))
        return 0;
    text_builder_init(&scopes, pool, 64);
    if (json_is(value, JSON_STRING) && add_scopes(&scopes, json_text(value, pool)) != 0)
        return -1;
    json_each (one, value)
        if (!json_is(one, JSON_STRING) || add_scopes(&scopes, json_text(one, pool)) != 0)
            return -1;
    *out = text_builder_text(&scopes);
    return json_is(value, JSON_STRING) || json_is(value, JSON_ARRAY) ? 0 : -1;
}

/* The context. */

/* Headers that services believe from this server or that say what a body is. */
static bool is_reserved(struct text name)
{
    static const struct text starts[] = {
        {"content-", 8}, {"if-", 3}, {"accept-", 7}, {"x-api-key", 9}};
    static const struct text names[] = {
        {"authorization", 13}, {"cookie", 6}, {"range", 5}, {"origin", 6}, {"referer", 7}};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (name.len >= starts[i].len &&
            text_equal_nocase((struct text){name.at, starts[i].len}, starts[i]))
            return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_nocase(name, names[i]))
            return true;
    return false;
}

bool authorizer_answer_may_set(struct text name)
{
    return field_may_pass(name) && !is_reserved(name);
}

/* Returns the place of the header ${name} in the settings; -1: the context may not set it. */
static int header_of(const struct authorizer_settings *settings, struct text name)
{
    for (size_t i = 0; i < settings->header_count; i++)
        if (text_equal_nocase(settings->headers[i], name))
            return (int)i;
    return -1;
}

/* Returns a value that may be sent; absent: it may not. It must be visible ASCII with spaces
 * inside, so that no service finds the end of a line in it. */
static struct text value_of(struct json value, struct pool *pool)
{
    struct text text = json_is(value, JSON_TRUE) || json_is(value, JSON_FALSE)
                           ? json_raw(value)
                           : json_text(value, pool);

    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < ' ' || text.at[i] > '~')
            return (struct text){0};
    return text_equal(text, text_trim(text)) ? text : (struct text){0};
}

struct context {
    const struct authorizer_settings *settings;
    struct pool *pool;
    struct text_builder lines;
    bool *seen; /* the headers that were set */
};

/* A name that the settings do not have is passed over. One that occurs twice is a mistake: services
 * do not agree on which one counts. */
static int add_line(struct context *context, struct text key, struct json value)
{
    int header = header_of(context->settings, json_key_text(key, context->pool));

    if (header < 0 || !authorizer_answer_may_set(context->settings->headers[header]))
        return 0;
    struct text text = value_of(value, context->pool);
    if (text.at == NULL || context->seen[header])
        return -1;
    context->seen[header] = true;
    text_builder_field(&context->lines, context->settings->headers[header], text);
    return context->lines.len <= AUTHORIZER_LINES_MAX ? 0 : -1;
}

static int read_context(const struct authorizer_settings *settings, struct json value,
                        struct pool *pool, struct text *out)
{
    struct context context = {
        .settings = settings, .pool = pool, .seen = pool_zero(pool, settings->header_count + 1)};

    if (json_is(value, JSON_NONE))
        return 0;
    if (!json_is(value, JSON_OBJECT))
        return -1;
    text_builder_init(&context.lines, pool, 128);
    json_each (one, value)
        if (add_line(&context, one_walk.key, one) != 0)
            return -1;
    *out = text_builder_text(&context.lines);
    return 0;
}

/* The time to live. */

static int read_ttl(struct json value, uint32_t most_ms, int64_t *out)
{
    double seconds;

    *out = most_ms;
    if (json_is(value, JSON_NONE))
        return 0;
    if (!json_double(value, &seconds) || !(seconds >= 0))
        return -1;
    if (seconds * 1000 < most_ms)
        *out = (int64_t)(seconds * 1000);
    return 0;
}

/* The answer. */

static int deny(const struct authorizer_settings *settings, struct authorizer_answer *out)
{
    *out = (struct authorizer_answer){.ttl_ms = settings->deny_ttl_ms};
    return 0;
}

/* All members must be good, also those of a deny: a deny with a bad member is a failure, and a
 * failure never allows anything either. */
static int read_members(const struct authorizer_settings *settings, struct jwt_member *members,
                        struct pool *pool, struct authorizer_answer *out)
{
    struct json allow = members[ALLOW].value;

    if (!json_is(allow, JSON_TRUE) && !json_is(allow, JSON_FALSE))
        return -1;
    out->is_allow = json_is(allow, JSON_TRUE);
    if (read_user(members[USER].value, pool, &out->user) != 0 ||
        read_roles(members[ROLES].value, pool, &out->roles) != 0 ||
        read_scopes(members[SCOPES].value, pool, &out->scopes) != 0 ||
        read_context(settings, members[CONTEXT].value, pool, &out->lines) != 0)
        return -1;
    return read_ttl(members[TTL].value, out->is_allow ? settings->ttl_ms : settings->deny_ttl_ms,
                    &out->ttl_ms);
}

int authorizer_answer_read(const struct authorizer_settings *settings, int status, struct json body,
                           struct pool *pool, struct authorizer_answer *out)
{
    struct jwt_member members[MEMBER_COUNT] = {
        [ALLOW] = {.name = "allow"},   [USER] = {.name = "user"},       [ROLES] = {.name = "roles"},
        [SCOPES] = {.name = "scopes"}, [CONTEXT] = {.name = "context"}, [TTL] = {.name = "ttl"},
    };

    *out = (struct authorizer_answer){0};
    if (status == 401 || status == 403)
        return deny(settings, out);
    if (status != 200 || !json_is(body, JSON_OBJECT) ||
        jwt_members_read(body, pool, members, MEMBER_COUNT) != 0)
        return -1;
    jwt_members_drop_null(members, MEMBER_COUNT);
    return read_members(settings, members, pool, out);
}

/* The verdict. */

static void add_field(struct exchange_field *fields, size_t *count, const char *name,
                      struct text value)
{
    if (value.at != NULL)
        fields[(*count)++] = (struct exchange_field){text_of(name), value};
}

struct cache_entry *authorizer_answer_entry(const struct authorizer_settings *settings,
                                            const struct authorizer_answer *answer)
{
    struct exchange_field fields[4];
    struct verdict_parts parts = {
        .status = answer->is_allow ? STATUS_ALLOW : STATUS_DENY,
        .fields = fields,
        .ttl_ns = answer->ttl_ms * CLOCK_MS,
        .stale_ns = answer->is_allow ? settings->stale_ms * CLOCK_MS : 0,
        .bytes_least = settings->max > 0 ? ENTRIES_BYTES / settings->max : 0,
    };

    if (answer->is_allow) {
        add_field(fields, &parts.field_count, "user", answer->user);
        add_field(fields, &parts.field_count, "roles", answer->roles);
        add_field(fields, &parts.field_count, "scopes", answer->scopes);
        add_field(fields, &parts.field_count, "lines", answer->lines);
    }
    return verdict_new(&parts);
}

bool authorizer_answer_is_allow(const struct cache_entry *entry)
{
    return entry->status == STATUS_ALLOW;
}

/* A user whom the authorizer names has the roles and scopes that it names, and none of the user
 * before. */
void authorizer_answer_apply(const struct cache_entry *entry, struct caller *caller)
{
    struct text user = verdict_field(entry, "user"), roles = verdict_field(entry, "roles"),
                scopes = verdict_field(entry, "scopes"), lines = verdict_field(entry, "lines");

    if (user.at != NULL) {
        caller->user = (struct login_user){.id = user, .roles = TEXT(""), .scopes = TEXT("")};
        caller->has_user = true;
        caller->is_user_of_key = false;
    }
    if (roles.at != NULL && caller->has_user)
        caller->user.roles = roles;
    if (scopes.at != NULL && caller->has_user)
        caller->user.scopes = scopes;
    if (lines.len > 0)
        caller->fields = lines;
}
