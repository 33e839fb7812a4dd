/* See balance_field.h. */
#include "bff/base/clock.h"
#include "bff/base/hash.h"
#include "bff/upstream/balance_field.h"

/* What is known about the endpoints of a group. */
struct group {
    unsigned count;
    uint64_t all, well, full;
};

static bool is_full(const struct balance_member *member)
{
    unsigned most = member->at->max_in_flight;

    return most > 0 &&
           atomic_load_explicit(&member->endpoint->state->in_flight, memory_order_relaxed) >= most;
}

static void look(const struct balance *balance, int64_t now_ns, struct group groups[BALANCE_GROUPS])
{
    for (size_t i = 0; i < balance->count; i++) {
        const struct balance_member *member = &balance->members[i];
        struct group *group = &groups[member->at->is_backup ? BALANCE_BACKUP : BALANCE_FIRST];
        uint64_t bit = balance_bit(member->place);

        group->count++;
        group->all |= bit;
        group->well |= endpoint_state_is_well(member->endpoint->state, now_ns) ? bit : 0;
        group->full |= is_full(member) ? bit : 0;
    }
}

static uint64_t usable(const struct group *group, uint64_t except)
{
    return group->well & ~group->full & ~except;
}

static bool is_panic(const struct balance *balance, const struct group groups[BALANCE_GROUPS],
                     uint64_t except)
{
    const struct group *first = &groups[BALANCE_FIRST];

    if (first->well == 0 && usable(&groups[BALANCE_BACKUP], except) != 0)
        return false;
    return balance_size(first->well) * 100 < balance->settings->panic_percent * first->count;
}

void balance_field_find(const struct balance *balance, const struct balance_question *question,
                        struct balance_field *field)
{
    struct group groups[BALANCE_GROUPS] = {0};
    struct group *group = &groups[BALANCE_FIRST], *backup = &groups[BALANCE_BACKUP];
    uint64_t except = question->except;

    look(balance, question->now_ns, groups);
    *field = (struct balance_field){
        .has_key = balance->settings->balance == SERVICE_HASH && question->key.len > 0,
        .now_ns = question->now_ns,
        .is_panic = is_panic(balance, groups, except),
    };
    if (field->is_panic)
        group->well = group->all;
    field->full = (group->well & group->full & ~except) | (backup->well & backup->full & ~except);
    if (usable(group, except) == 0 && usable(backup, except) != 0) {
        field->group = BALANCE_BACKUP;
        field->is_panic = false;
        group = backup;
    }
    field->well = group->well;
    field->usable = usable(group, except);
    if (field->has_key)
        field->key = hash_text(question->key);
}

/* How much of the endpoint's slow start has passed, from 0 to 2^32. */
static uint64_t progress(const struct balance *balance, unsigned place, int64_t now_ns)
{
    int64_t returned_ns =
        atomic_load_explicit(&balance_state_at(balance, place)->returned_ns, memory_order_relaxed);
    int64_t whole_ms = balance->settings->slow_start_ms;
    int64_t passed_ms = (now_ns - returned_ns) / CLOCK_MS;

    if (returned_ns == 0 || passed_ms >= whole_ms)
        return (uint64_t)1 << 32;
    return passed_ms < 0 ? 0 : ((uint64_t)passed_ms << 32) / (uint64_t)whole_ms;
}

/* With a key, the key decides instead of a random number. So the endpoint gets its keys back one by
 * one, and each key moves only once. */
void balance_field_slow_start(const struct balance *balance, struct balance_field *field)
{
    uint64_t kept = 0;
    uint64_t dice = field->has_key ? ~field->key : random_next(balance->random);
    unsigned place;

    balance_each (place, field->usable)
        if (hash_mix(dice ^ balance->seeds[place]) >> 32 < progress(balance, place, field->now_ns))
            kept |= balance_bit(place);
    if (kept != 0)
        field->usable = kept;
}
