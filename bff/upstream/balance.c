/* See balance.h. */
#include "bff/base/check.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/upstream/balance_field.h"

void balance_init(struct balance *balance, const struct service_settings *settings,
                  struct service_state *state, struct random *random)
{
    *balance = (struct balance){.settings = settings, .state = state, .random = random};
}

void balance_free(struct balance *balance)
{
    for (size_t i = 0; i < BALANCE_GROUPS; i++)
        memory_free(balance->sequences[i].places);
}

/* The name of an endpoint does not depend on the other endpoints or on their order. */
static uint64_t seed(const struct balance *balance, const struct endpoint *endpoint)
{
    char *name = service_endpoint_name(balance->settings->service->name, endpoint->at);
    uint64_t seed = hash_text(text_of(name));

    memory_free(name);
    return endpoint->is_address ? hash_mix(seed ^ hash_text(endpoint->label)) : seed;
}

/* How many of the members before ${member} have the same endpoint. */
static unsigned twins_before(const struct balance *balance, const struct balance_member *member)
{
    unsigned count = 0;

    for (const struct balance_member *other = balance->members; other < member; other++)
        count += other->endpoint == member->endpoint;
    return count;
}

/* An endpoint that is listed twice has two seeds. So a hash gives it twice the share. */
static void put(struct balance *balance, const struct balance_member *member)
{
    unsigned place = member->place;

    must(place < SERVICE_ENDPOINTS_MAX && balance->by_place[place] == NULL);
    balance->by_place[place] = member;
    balance->seeds[place] =
        seed(balance, member->endpoint) ^ hash_mix(twins_before(balance, member));
    balance->is_weighted |=
        balance_weight_at(balance, place) != balance_weight_at(balance, balance->members[0].place);
}

void balance_set(struct balance *balance, const struct balance_member *members, size_t count)
{
    must(count <= SERVICE_ENDPOINTS_MAX);
    balance->members = members;
    balance->count = count;
    balance->is_weighted = false;
    memset(balance->by_place, 0, sizeof(balance->by_place));
    for (size_t i = 0; i < count; i++)
        put(balance, &members[i]);
    for (size_t i = 0; i < BALANCE_GROUPS; i++)
        balance->sequences[i].set = 0;
}

/* The pick. */

static unsigned choose(struct balance *balance, struct balance_field *field)
{
    if (balance->settings->slow_start_ms > 0)
        balance_field_slow_start(balance, field);
    switch (balance->settings->balance) {
    case SERVICE_LEAST_CONNECTIONS:
        return balance_least(balance, field);
    case SERVICE_HASH:
        return balance_hash(balance, field);
    case SERVICE_TWO_CHOICES:
        return balance_two(balance, field);
    default:
        return balance_turn(balance, field);
    }
}

/* Claims the trial of the endpoint if one is due. Returns false when another attempt has claimed it
 * before: then the endpoint gets no other attempt until the trial has ended. */
static bool take_trial(struct endpoint_state *state, const struct balance_field *field,
                       bool *is_trial)
{
    *is_trial = false;
    if (atomic_load_explicit(&state->trial, memory_order_relaxed) == ENDPOINT_NO_TRIAL ||
        endpoint_state_is_ejected(state, field->now_ns))
        return true;
    *is_trial = endpoint_state_claim(state, field->now_ns);
    return *is_trial || field->is_panic ||
           atomic_load_explicit(&state->trial, memory_order_relaxed) == ENDPOINT_NO_TRIAL;
}

/*
 * Takes the endpoint. When it has a limit, the attempt is counted here, so that all workers
 * together never exceed the limit. Returns false when the endpoint cannot be asked, because another
 * worker was faster. Then ${*except} gets the endpoint's place if it must not be chosen again.
 */
static bool take(const struct balance_member *member, const struct balance_field *field,
                 struct balance_choice *choice, uint64_t *except)
{
    struct endpoint_state *state = member->endpoint->state;
    unsigned most = member->at->max_in_flight;

    choice->is_counted = most > 0;
    if (choice->is_counted && !endpoint_state_begin_below(state, most))
        return false;
    if (!take_trial(state, field, &choice->is_trial)) {
        if (choice->is_counted)
            endpoint_state_ended(state, ENDPOINT_UNKNOWN);
        *except |= balance_bit(member->place);
        return false;
    }
    choice->member = member;
    return true;
}

/* The only endpoint of its service. */
static struct balance_choice pick_only(const struct balance *balance,
                                       const struct balance_question *question)
{
    const struct balance_member *member = balance->members;
    struct balance_choice choice = {0};
    uint64_t except = question->except;
    const struct balance_field field = {.is_panic = balance->settings->panic_percent > 0,
                                        .now_ns = question->now_ns};

    if ((except & balance_bit(member->place)) != 0 ||
        (!field.is_panic && !endpoint_state_is_well(member->endpoint->state, question->now_ns)))
        return choice;
    if (!take(member, &field, &choice, &except))
        return (struct balance_choice){.is_full = except == question->except};
    return choice;
}

struct balance_choice balance_pick(struct balance *balance, const struct balance_question *question)
{
    struct balance_choice choice = {0};
    struct balance_question next = *question;
    struct balance_field field;

    if (balance->count == 1)
        return pick_only(balance, question);
    for (;;) {
        balance_field_find(balance, &next, &field);
        if (field.usable == 0)
            return (struct balance_choice){.is_full = field.full != 0};
        field.is_retry = question->except != 0;
        if (take(balance->by_place[choose(balance, &field)], &field, &choice, &next.except))
            return choice;
    }
}

bool balance_has(const struct balance *balance, const struct balance_question *question)
{
    struct balance_field field;

    balance_field_find(balance, question, &field);
    return field.usable != 0;
}
