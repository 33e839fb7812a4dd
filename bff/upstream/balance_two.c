/*
 * The power of two choices: of two random endpoints, the better one is taken. Workers that decide
 * at the same moment mostly compare different pairs, so they do not all choose the same endpoint.
 */
#include "bff/upstream/balance_field.h"

/* How long one more request would wait at the endpoint, if each attempt takes ${average_ns}. */
static double cost(const struct balance *balance, unsigned place, int64_t average_ns)
{
    return (balance_in_flight_at(balance, place) + 1.0) * (double)average_ns /
           balance_weight_at(balance, place);
}

/* The average of an endpoint that is to have its trial is from before its ejection. It often has
 * timeouts in it, and with them the trial would wait until the average has faded. */
static int64_t average_of(const struct balance *balance, unsigned place, int64_t now_ns)
{
    const struct endpoint_state *state = balance_state_at(balance, place);
    bool is_trial =
        atomic_load_explicit(&state->trial, memory_order_relaxed) == ENDPOINT_TRIAL_DUE &&
        !endpoint_state_is_ejected(state, now_ns);

    return is_trial ? 0 : endpoint_state_average_ns(state, now_ns);
}

/* An endpoint without an average counts as fast as the other one. */
static unsigned better(const struct balance *balance, unsigned a, unsigned b, int64_t now_ns)
{
    int64_t average_a = average_of(balance, a, now_ns), average_b = average_of(balance, b, now_ns);

    if (average_a == 0 || average_b == 0)
        average_a = average_b = 1;
    return cost(balance, b, average_b) < cost(balance, a, average_a) ? b : a;
}

unsigned balance_two(struct balance *balance, const struct balance_field *field)
{
    unsigned count = balance_size(field->usable);
    unsigned first = random_below(balance->random, count), second;

    if (count == 1)
        return balance_lowest(field->usable);
    second = random_below(balance->random, count - 1);
    second += second >= first;
    return better(balance, balance_nth(field->usable, first), balance_nth(field->usable, second),
                  field->now_ns);
}
