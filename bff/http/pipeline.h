/*
 * Runs the steps of a request. The steps are a table of the application (bff/app/request_steps.c),
 * and they run from top to bottom. A step passes, answers, refuses or waits.
 *
 * A step that must wait (for a store, for a key, for the body) calls pipeline_wait and returns
 * STEP_WAITS. Then exactly one of these five events happens, and only once:
 *
 *   pipeline_resume is called  the pipeline continues with the given result
 *   pipeline_answer is called  no other step runs, and the waiting step answers
 *   the deadline passes        wait.cancel is called, and then wait.late returns the result
 *   the client leaves          wait.cancel is called, and no step is called any more
 *   the request ends           (the stream is reset, a drain is over) the same happens as when the
 *                              client leaves
 */
#ifndef BFF_HTTP_PIPELINE_H
#define BFF_HTTP_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/http/body.h"
#include "bff/http/refusal.h"
#include "bff/http/request.h"
#include "bff/loop/timer.h"

/* The data that the steps of one request share. The application defines the struct; the pipeline
 * passes it on. */
struct request_context;

enum step_result {
    STEP_PASS,     /* the next step runs */
    STEP_ANSWERED, /* the request has been answered, or other code will answer it */
    STEP_REFUSED,  /* pipeline_refuse was called: the pipeline sends the refusal */
    STEP_WAITS,    /* pipeline_wait was called */
    STEP_LEFT,     /* the client has left: nobody can receive an answer */
};

/* A row of the table of steps. A row whose ${run} is NULL ends the table. The last step must
 * answer. */
struct step {
    const char *name;
    enum step_result (*run)(struct request_context *context);
};

/*
 * How a step waits.
 *
 *   state       data of the step, the argument of cancel and late. When it is an object of the
 *               request's pool with a destructor, it is made before the wait begins
 *   until_ns    the deadline, on the clock of clock_now_ns; 0: no deadline, another event must end
 *               the wait
 *   is_reading  the step reads from the client, so the step itself notices when the client leaves
 *   cancel      ends the work that the step waits for; after that, pipeline_resume must not be
 *               called
 *   late        called when the deadline has passed; returns the result of the step, which is not
 *               STEP_WAITS; may be NULL only without a deadline
 */
struct pipeline_wait {
    void *state;
    int64_t until_ns;
    bool is_reading;
    void (*cancel)(void *state);
    enum step_result (*late)(void *state);
};

/* The pipeline of one request. It is in the request's pool, and all zero before pipeline_run. */
struct pipeline {
    struct request *request;
    struct request_context *context;
    const struct step *step; /* the step that runs or waits */
    struct refusal refusal;
    struct pipeline_wait wait;
    struct timer deadline;
    bool is_waiting;
    bool is_running; /* a step is running: pipeline_resume must not be called */
};

/* Runs ${steps} for ${request}. The steps get ${context}. When this
 * function returns, the request and the pipeline may already have been freed: the caller must not
 * use them any more. */
void pipeline_run(struct pipeline *pipeline, struct request *request,
                  struct request_context *context, const struct step *steps);

/* For a step that refuses: stores ${refusal}. Returns STEP_REFUSED. */
enum step_result pipeline_refuse(struct pipeline *pipeline, struct refusal refusal);

/* For a step that has waited for the body: refuses the request if the body is invalid (400) or too
 * large (413). Returns STEP_PASS, STEP_REFUSED or STEP_LEFT. */
enum step_result pipeline_judge_body(struct pipeline *pipeline, enum body_end end);

/* Writes the refusal of a request whose body has ended in this way to ${*out}. Returns false when
 * there is none, because the body is whole or its client has left. */
bool pipeline_refusal_of(enum body_end end, struct refusal *out);

/* For a step that waits: begins the wait, as described above. Returns STEP_WAITS. */
enum step_result pipeline_wait(struct pipeline *pipeline, struct pipeline_wait wait);

/*
 * Ends the wait. ${result} is the result of the waiting step, and it is not STEP_WAITS. To be
 * called in the thread of the request's worker, from the loop and not from the step. When this
 * function returns, the request may already have been freed: the caller must not use it any more.
 */
void pipeline_resume(struct pipeline *pipeline, enum step_result result);

/*
 * Ends the wait of a step that has what it needs to answer. Afterwards, the caller answers the
 * request (reply.h), now or later. To be called in the same places as pipeline_resume.
 */
void pipeline_answer(struct pipeline *pipeline);

#endif
