/*
 * Chooses which endpoint of a service gets the next attempt. A balance belongs to one service of
 * one configuration in one worker. What the workers share is in the state of the service and the
 * states of its endpoints (service_state.h, endpoint_state.h). No worker waits for another one.
 *
 * Every endpoint has a place, which is a bit in sets of endpoints. It has several places when the
 * settings list it several times. An endpoint is usable when it is well (endpoint_state_is_well),
 * is not full, and its place is not in balance_question.except. Three rules change this:
 *
 *   backup      Backup endpoints are chosen only while no other endpoint is usable.
 *   panic       When fewer than settings->panic_percent of the endpoints that are not backups are
 *               well, all of them are used as if they were well. This rule does not apply when none
 *               of them is well and a backup endpoint is usable.
 *   slow start  For settings->slow_start_ms after its return, an endpoint is left out of many picks
 *               at first and of few at the end, as long as another endpoint is usable.
 *
 * The algorithms (service_balance) choose among the usable endpoints:
 *
 *   round robin        The sequence of nginx's smooth weighted round robin. All workers take turns
 *                      in one sequence, so the shares are exact for all of them together.
 *   least connections  The endpoint that has the fewest attempts in flight in proportion to its
 *                      weight. Among equals: round robin.
 *   hash               Weighted rendezvous hashing (highest random weight): each endpoint gets a
 *                      score from the key and its own address, and the highest score wins. Without
 *                      a key: round robin.
 *   two choices        Of two random endpoints, the one where a request waits less. This is
 *                      estimated from the attempts in flight, the average time to the first byte,
 *                      and the weight.
 *
 * A question with ${except} is that of a retry or a hedge. These do not take a turn of round robin.
 * They get a random endpoint by weight, so that the first attempts keep their sequence.
 */
#ifndef BFF_UPSTREAM_BALANCE_H
#define BFF_UPSTREAM_BALANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/random.h"
#include "bff/base/text.h"
#include "bff/upstream/endpoint.h"
#include "bff/upstream/service.h"
#include "bff/upstream/service_state.h"

struct balance_member {
    struct endpoint *endpoint;
    const struct service_endpoint *at; /* of the settings: weight, limit, backup */
    unsigned place;                    /* less than SERVICE_ENDPOINTS_MAX */
};

/* The endpoints are in two groups: backups, and the others. */
enum balance_group { BALANCE_FIRST, BALANCE_BACKUP, BALANCE_GROUPS };

/* A period of the smooth weighted sequence. */
struct balance_sequence {
    uint64_t set;    /* the places of which it was made; 0: it was not made */
    uint8_t *places; /* ${length} of them; there is memory for ${capacity} */
    size_t length, capacity;
};

struct balance {
    const struct service_settings *settings;
    struct service_state *state;
    struct random *random;
    const struct balance_member *members; /* borrowed */
    size_t count;

    /* The files of balance only. */
    const struct balance_member *by_place[SERVICE_ENDPOINTS_MAX]; /* NULL: no endpoint is there */
    uint64_t seeds[SERVICE_ENDPOINTS_MAX]; /* by place: the hash of the endpoint's address */
    bool is_weighted;                      /* not all weights are equal */
    struct balance_sequence sequences[BALANCE_GROUPS];
};

struct balance_question {
    struct text key; /* for a hash; absent or empty: none */
    uint64_t except; /* the places of endpoints that must not be chosen */
    int64_t now_ns;
};

struct balance_choice {
    const struct balance_member *member; /* NULL: no endpoint can be asked */
    bool is_counted; /* the attempt was counted in the endpoint's state (endpoint_state_begin),
                        because its endpoint has a limit: the caller must not count it again */
    bool is_trial;   /* the trial of the endpoint was claimed: the attempt's end decides about it */
    bool is_full;    /* no endpoint can be asked now, and at least one only because it is full */
};

void balance_init(struct balance *balance, const struct service_settings *settings,
                  struct service_state *state, struct random *random);

/* Frees what the balance has allocated. */
void balance_free(struct balance *balance);

/* Sets the endpoints. ${members} is borrowed until the next call. May be called at any time, also
 * when only weights have changed. An endpoint that stays must keep its place, because a call under
 * way has stored the places that it has asked. */
void balance_set(struct balance *balance, const struct balance_member *members, size_t count);

/* Chooses an endpoint. */
struct balance_choice balance_pick(struct balance *balance,
                                   const struct balance_question *question);

/* True when balance_pick would choose an endpoint. Changes nothing. */
bool balance_has(const struct balance *balance, const struct balance_question *question);

#endif
