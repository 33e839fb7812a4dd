/*
 * The session of a request: what the step session has found, and what becomes of it. Pages and
 * steps begin, renew and end it with these functions. The cookies of the answer follow from that. A
 * filter writes them when the head of the answer is written. At that time it asks again whether the
 * session was revoked. So an answer that was under way does not bring a session back that was
 * logged out meanwhile.
 *
 * All of this is in the request's pool. context->session is NULL when the configuration has no
 * sessions, or the request came before the step session.
 */
#ifndef BFF_APP_SESSION_REQUEST_H
#define BFF_APP_SESSION_REQUEST_H

#include "bff/app/request_context.h"
#include "bff/http/reply_filter.h"
#include "bff/session/session_cookie.h"
#include "bff/session/session_store.h"

/* What the answer does with the browser's cookies. */
enum session_request_answer {
    SESSION_REQUEST_LEAVES, /* nothing */
    SESSION_REQUEST_RENEWS, /* sets them again, for the sliding lifetime */
    SESSION_REQUEST_SETS,   /* sets them: a new session, or new tokens */
    SESSION_REQUEST_CLEARS,
};

/*
 *   cookie   the cookie for this request; see session.insecure_localhost
 *   cookies  what the request has
 *   has      there is a session that is not over
 *   session  with ${has}
 *   page     for the page or step that waits; not used here
 */
struct session_request {
    struct session_cookie cookie;
    struct session_cookies cookies;
    bool has;
    struct session session;
    void *page;

    /* session_request.c's own */
    struct request_context *context;
    struct session_store_call call, drop;
    struct session next; /* the one that is being saved */
    void (*done)(struct request_context *context, enum session_store_end end);
    enum session_request_answer answer;
    struct session_cookie_lines lines;
    struct reply_filter filter;
    bool has_filter;
};

/* Returns context->session. The first call makes it, reads Cookie, and decides which cookies and
 * which Authorization services get while nobody is signed in by a session. Not for a configuration
 * without sessions. */
struct session_request *session_request_of(struct request_context *context);

/*
 * Loads the session of the cookies, for step_session. Returns how it ended; with
 * SESSION_STORE_WAITS, ${done} is called later from the loop, and session_request_cancel ends the
 * wait. With SESSION_STORE_OK, the session is in session_request.session.
 */
enum session_store_end session_request_load(struct request_context *context,
                                            void (*done)(struct request_context *context,
                                                         enum session_store_end end));

/* The answer sets the cookies again when a good part of session.idle is over. */
void session_request_renew(struct request_context *context);

/*
 * Begins a new session: saves ${session} under a new id, and sets its cookies on the answer. The
 * members id, began_s, seen_s and renewals are set here. All texts are in the request's pool. The
 * session that the request came with is revoked and dropped.
 *
 * Returns how it ended. With SESSION_STORE_WAITS, ${done} is called later from the loop; the caller
 * waits with pipeline_wait, and its cancel calls session_request_cancel. With
 * SESSION_STORE_TOO_LARGE (502) and SESSION_STORE_AWAY (503) there is no session;
 * session_request_refusal has the answers.
 */
enum session_store_end
session_request_begin(struct request_context *context, const struct session *session,
                      void (*done)(struct request_context *context, enum session_store_end end));

/* Ends the wait for ${done}. Does nothing when nothing waits. */
void session_request_cancel(struct request_context *context);

/* The session has new tokens: ${session} has been saved, and ${value} is the value of its cookie.
 * The request goes on with it, and the answer sets the cookie. */
void session_request_renewed(struct request_context *context, const struct session *session,
                             struct text value);

/* Logs out: revokes the session that the request came with, drops it from the store, and clears its
 * cookies on the answer. Results and ${done} are as for session_request_begin. Does nothing without
 * a session, except that the cookies are cleared. */
enum session_store_end session_request_end(struct request_context *context,
                                           void (*done)(struct request_context *context,
                                                        enum session_store_end end));

/* The session is over: the request goes on without a user, and the answer clears the cookies. */
void session_request_forget(struct request_context *context);

/* Fills context->caller from the session. */
void session_request_use(struct request_context *context);

/* The answer to a request whose session cannot be loaded or saved: 503 or 502. */
struct refusal session_request_refusal(enum session_store_end end);

#endif
