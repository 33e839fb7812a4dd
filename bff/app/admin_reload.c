/* See admin_reload.h. */
#include "bff/app/admin_reload.h"
#include "bff/base/clock.h"

#define PATIENCE_MS 60000 /* host names may be looked up slowly */
#define LATE "The reload takes long; it goes on, and the log will have its outcome"

static void on_done(struct awaited_reload *wait, const struct reload_outcome *outcome)
{
    struct admin_request *admin = H2O_STRUCT_FROM_MEMBER(struct admin_request, reload, wait);
    struct pipeline *pipeline = &admin->context.pipeline;
    struct pool *pool = admin->context.request->pool;

    if (outcome->status == 200) {
        admin->answer = pool_print(pool, "{%.*s}\n", TEXT_ARGS(outcome->members));
        pipeline_resume(pipeline, STEP_PASS);
        return;
    }
    pipeline_resume(pipeline,
                    pipeline_refuse(pipeline, (struct refusal){
                                                  .status = outcome->status,
                                                  .message = outcome->message,
                                                  .members = pool_text(pool, outcome->members),
                                              }));
}

static void cancel(void *state) { awaited_reload_end(&((struct admin_request *)state)->reload); }

static enum step_result late(void *state) { return admin_request_refuse(state, 504, LATE); }

enum step_result admin_reload_post(struct admin_request *admin)
{
    admin->reload.done = on_done;
    if (!awaited_reload_begin(admin->context.request->worker, &admin->reload))
        return admin_request_refuse(admin, 503, "The server stops");
    return pipeline_wait(&admin->context.pipeline,
                         (struct pipeline_wait){
                             .state = admin,
                             .until_ns = clock_now_ns() + PATIENCE_MS * CLOCK_MS,
                             .cancel = cancel,
                             .late = late,
                         });
}
