/*
 * When the keys of a URL are fetched: the rules, as functions without clock and without I/O. A
 * fetch is made
 *
 *   to refresh  at the start, and when the keys have their age
 *   to ask      when a token needs a key that is not known
 *
 * One fetch is under way at a time. Tokens with invented keys cannot cause more than
 * KEY_SOURCE_STATE_ASKS fetches in a minute. A fetch that was asked for and brought
 * nothing new begins a pause (min_interval), in which nothing can be asked. A fetch that failed is
 * repeated after 1 s, 2 s, 4 s and so on, at most after min_interval, and nothing is fetched
 * meanwhile. So keys that have just changed at the provider can be fetched at once.
 *
 * All times are of clock_now_ns. Callers protect the state with a lock of their own.
 */
#ifndef BFF_TOKEN_KEY_SOURCE_STATE_H
#define BFF_TOKEN_KEY_SOURCE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define KEY_SOURCE_STATE_ASKS 10 /* in a minute */

/* All zero, except the first three: nothing was fetched, and the first fetch is due. */
struct key_source_state {
    int64_t refresh_ns;      /* the age at which keys are fetched again */
    int64_t min_interval_ns; /* see above */
    int64_t stale_ns;        /* how long keys are used after the last good fetch */

    bool is_under_way; /* a fetch */
    bool was_asked;    /* it was asked for */
    bool has_keys;
    bool is_failing;                         /* the last fetch has failed */
    unsigned failures;                       /* fetches that have failed in a row */
    int64_t fetched_ns;                      /* the last good fetch */
    int64_t due_ns;                          /* the next fetch to refresh */
    int64_t not_before_ns;                   /* nothing can be asked before */
    int64_t asked_ns[KEY_SOURCE_STATE_ASKS]; /* the last ones, as a ring; 0: none */
    unsigned asks;
};

enum key_source_chance {
    KEY_SOURCE_FETCH,     /* the caller must fetch now, and end the fetch */
    KEY_SOURCE_UNDER_WAY, /* somebody fetches already */
    KEY_SOURCE_NOT_NOW,   /* the keys were fetched a moment ago: the one that is asked for does not
                             exist */
    KEY_SOURCE_DOWN,      /* the keys cannot be had now: nobody knows whether it exists */
};

/* Asks for a fetch, because a key is not known. With KEY_SOURCE_DOWN, ${*again_ns} is when the next
 * fetch is possible. */
enum key_source_chance key_source_state_ask(struct key_source_state *state, int64_t now_ns,
                                            int64_t *again_ns);

/* Returns whether a fetch to refresh is due. Then the caller must fetch now, and end the fetch. */
bool key_source_state_refresh(struct key_source_state *state, int64_t now_ns);

/* The fetch under way has ended with keys. ${is_new}: they are other ones than before. ${jitter} is
 * a random number from 0 to 99. Workers and replicas do not all refresh at the same time by it. */
void key_source_state_good(struct key_source_state *state, int64_t now_ns, bool is_new,
                           unsigned jitter);

/* The fetch under way has failed. Returns whether the one before was good, or this is the first. */
bool key_source_state_bad(struct key_source_state *state, int64_t now_ns);

/* The fetch under way was given up by the one who made it. Somebody else may fetch. */
void key_source_state_give_up(struct key_source_state *state);

/* Returns whether the keys must not be used any more. Then has_keys has become false. */
bool key_source_state_expire(struct key_source_state *state, int64_t now_ns);

/* Returns when the next call of key_source_state_refresh or _expire is needed; INT64_MAX: not
 * before the fetch under way has ended. */
int64_t key_source_state_next_ns(const struct key_source_state *state);

#endif
