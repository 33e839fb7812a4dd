/*
 * Chooses which endpoint of a service gets the next attempt. A balance belongs to one service of
 * one configuration in one worker. What the workers share is in the states of the service and of
 * its endpoints (service_state.h, endpoint_state.h).
 *
 * Every endpoint has a place, which is a bit in sets of endpoints. An endpoint is usable when it is
 * well (endpoint_state_is_well) and is not full. When fewer than settings->panic_percent of the
 * endpoints are well, all count as well. Backup endpoints are chosen only when no other endpoint is
 * usable.
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

struct balance {
    const struct service_settings *settings;
    struct service_state *state;
    struct random *random;
    const struct balance_member *members; /* borrowed */
    size_t count;
};

struct balance_question {
    struct text key; /* for a hash; absent: none */
    uint64_t except; /* the places of endpoints that must not be chosen */
    int64_t now_ns;
};

struct balance_choice {
    const struct balance_member *member; /* NULL: no endpoint can be asked */
    bool is_trial; /* the trial of the endpoint was claimed: the attempt's end decides about it */
    bool is_full;  /* no endpoint can be asked now, and at least one only because it is full */
};

void balance_init(struct balance *balance, const struct service_settings *settings,
                  struct service_state *state, struct random *random);

/* Sets the endpoints. ${members} is borrowed until the next call. */
void balance_set(struct balance *balance, const struct balance_member *members, size_t count);

/* Chooses an endpoint. */
struct balance_choice balance_pick(struct balance *balance,
                                   const struct balance_question *question);

/* True when balance_pick would choose an endpoint. Changes nothing. */
bool balance_has(const struct balance *balance, const struct balance_question *question);

#endif
