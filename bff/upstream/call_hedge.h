/*
 * A hedged call asks a second endpoint when the first one is slow. The first head that is
 * acceptable wins, and the other attempt is cancelled, which is no failure of its endpoint. When
 * one of the attempts fails, the other one goes on. When both fail, the end of the later one
 * decides what follows (call_retry.h). This header is for the files of call only.
 */
#ifndef BFF_UPSTREAM_CALL_HEDGE_H
#define BFF_UPSTREAM_CALL_HEDGE_H

#include <stdint.h>

struct call;
struct call_try;
struct exchange_head;

/* To be called when the first attempt begins: counts the call for the budget of hedges, and sets
 * call->hedge_ns. */
void call_hedge_first(struct call *call, int64_t now_ns);

/* The time call->hedge_ns has come. Begins the second attempt, if that is possible. */
void call_hedge_ask(struct call *call, int64_t now_ns);

/* Returns the attempt under way beside ${try}; NULL: there is none. */
struct call_try *call_hedge_rival(struct call *call, const struct call_try *try);

/* The user gets this head of ${winner}: cancels the other attempt, and learns from the time. */
void call_hedge_decide(struct call *call, struct call_try *winner,
                       const struct exchange_head *head);

/* The call has ended: frees the memory of the second attempt. */
void call_hedge_free(struct call *call);

#endif
