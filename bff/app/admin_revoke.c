/* See admin_revoke.h. */
#include "bff/app/admin_revoke.h"
#include "bff/base/clock.h"
#include "bff/base/log.h"
#include "bff/edge/revocation_tell.h"
#include "bff/session/session_settings.h"

#define NOT_TOLD                                                                                   \
    "this instance has revoked, but Redis could not be told, so other instances have not; try "    \
    "again"
#define OFF "the configuration has neither revocation nor session"

static const char *const kinds[REVOCATION_KINDS] = {
    [REVOCATION_JTI] = "jti",
    [REVOCATION_SID] = "sid",
    [REVOCATION_PROVIDER_SID] = "provider_sid",
    [REVOCATION_PROVIDER_SUB] = "provider_sub",
    [REVOCATION_SUB] = "sub",
};

/* The log does not say which token or session: who reads the log need not know ids. */
static void tell_log(const struct request *request, const struct revocation_record *record)
{
    log_event("revoke", (struct log_field[]){
                            {"what", .text = text_of(kinds[record->kind])},
                            {"until", .number = record->until_s},
                            {"from", .text = text_of(request->client->address)},
                            {0},
                        });
}

static void on_told(struct revocation_tell *tell, bool is_told)
{
    struct admin_request *admin = H2O_STRUCT_FROM_MEMBER(struct admin_request, revoked, tell);

    pipeline_resume(&admin->context.pipeline,
                    is_told ? STEP_PASS : admin_request_refuse(admin, 503, NOT_TOLD));
}

static void cancel(void *state)
{
    revocation_tell_cancel(&((struct admin_request *)state)->revoked);
}

/* The wait has no deadline, because the command has one. */
static enum step_result revoke_and_tell(struct admin_request *admin,
                                        const struct revocation_record *record, int64_t now_s)
{
    const struct dispatch_worker *worker = admin->context.worker;
    struct request *request = admin->context.request;

    admin->answer = pool_print(request->pool, "{\"revoked\":\"%s\",\"until\":%lld}\n",
                               kinds[record->kind], (long long)record->until_s);
    admin->revoked.done = on_told;
    tell_log(request, record);
    switch (revocation_tell_run(revocation_of_view(worker->revocations), worker->redis,
                                &admin->revoked, request->pool, record, now_s)) {
    case REVOCATION_TOLD_HERE:
        return STEP_PASS;
    case REVOCATION_TOLD_NOT:
        return admin_request_refuse(admin, 503, NOT_TOLD);
    case REVOCATION_TOLD_WAIT:
        break;
    }
    return pipeline_wait(&admin->context.pipeline,
                         (struct pipeline_wait){.state = admin, .cancel = cancel});
}

/* A session may live longer than tokens. */
static int64_t keep_s(const struct dispatch *dispatch)
{
    int64_t keep = dispatch->revocation->keep_s;

    if (dispatch->sessions == NULL)
        return keep;
    int64_t absolute = session_store_settings(dispatch->sessions)->absolute_s;
    return keep > absolute ? keep : absolute;
}

enum step_result admin_revoke_post(struct admin_request *admin)
{
    struct request *request = admin->context.request;
    struct text body = request->body == NULL ? (struct text){0} : request_body(request);
    int64_t now_s = clock_wall_s();
    struct revocation_record record;
    const char *words = revocation_record_read(request->pool, body, &record);

    if (admin->context.worker->revocations == NULL)
        words = OFF;
    else if (words == NULL && record.until_s != 0 && record.until_s <= now_s)
        words = "until is in the past";
    if (words != NULL)
        return admin_request_refuse(admin, 400, words);
    revocation_record_complete(&record, now_s, keep_s(admin->context.dispatch));
    return revoke_and_tell(admin, &record, now_s);
}
