/* Page GET /bff/user: who is signed in, for the pages of the frontend. It never has a token. */
#include "bff/app/built_in_user.h"
#include "bff/app/session_request.h"
#include "bff/base/clock.h"
#include "bff/http/reply.h"
#include "bff/json/json_print.h"
#include "bff/session/session_tokens.h"

static enum step_result refuse(struct request_context *context)
{
    return pipeline_refuse(&context->pipeline,
                           (struct refusal){.status = 401, .message = "No token provided"});
}

/* Prints "admin,staff" as ["admin","staff"]. */
static void print_list(struct json_print *out, const char *name, struct text list, char separator)
{
    json_print_key(out, name);
    json_print_raw(out, TEXT("["));
    for (struct text rest = list; rest.len > 0;) {
        struct text item = text_cut(&rest, separator);
        if (item.at != list.at)
            json_print_raw(out, TEXT(","));
        json_print_string(out, item);
    }
    json_print_raw(out, TEXT("]"));
}

static void print_user(struct json_print *out, const struct login_user *user)
{
    json_print_key(out, "user");
    json_print_raw(out, TEXT("{"));
    json_print_key(out, "id");
    json_print_string(out, user->id);
    print_list(out, "roles", user->roles, ',');
    print_list(out, "scopes", user->scopes, ' ');
    json_print_raw(out, TEXT("}"));
}

/* Sessions of the users service's login have no claims of their own: those of the token are
 * shown. */
static struct text claims_of(const struct session *session, struct pool *pool)
{
    struct text claims = session->claims;

    if (claims.len == 0)
        claims = session_tokens_claims(session->access, pool);
    return claims.len > 0 ? claims : TEXT("{}");
}

static int64_t left_s(int64_t until_s, int64_t now_s)
{
    return until_s > now_s ? until_s - now_s : 0;
}

static void print_session(struct json_print *out, const struct request_context *context)
{
    const struct session *session = &context->session->session;
    int64_t now_s = clock_wall_s();

    json_print_key(out, "claims");
    json_print_raw(out, claims_of(session, out->pool));
    json_print_key(out, "expiresIn");
    if (session->access_until_s == 0)
        json_print_null(out);
    else
        json_print_int(out, left_s(session->access_until_s, now_s));
    json_print_key(out, "sessionExpiresIn");
    json_print_int(out, session_store_left_s(context->dispatch->sessions, session, now_s));
}

enum step_result built_in_user(struct request_context *context)
{
    struct pool *pool = context->request->pool;
    struct json_print out;

    if (!context->caller.is_session)
        return refuse(context);
    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    print_user(&out, &context->caller.user);
    print_session(&out, context);
    json_print_raw(&out, TEXT("}"));
    struct text body = json_print_text(&out);
    reply_send(context->request,
               &(struct reply){
                   .status = 200,
                   .fields =
                       (struct reply_field[]){
                           {"content-type", TEXT("application/json; charset=utf-8")},
                           {"cache-control", TEXT("no-store")},
                       },
                   .field_count = 2,
                   .body = &body,
                   .body_count = 1,
               });
    return STEP_ANSWERED;
}
