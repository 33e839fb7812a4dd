/* See endpoint_set.h. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/hash.h"
#include "bff/base/memory.h"
#include "bff/upstream/endpoint_set.h"

#define NO_PLACE UINT_MAX

/* The members that a set is going to have. */
struct draft {
    struct balance_member members[SERVICE_ENDPOINTS_MAX];
    size_t count;
};

/* Rows. */

static bool is_name(const struct endpoint_set *set, size_t row)
{
    return set->settings->resolves_each && !set->rows[row]->addresses.is_literal;
}

static size_t count_names(const struct endpoint_set *set)
{
    size_t names = 0;

    for (size_t i = 0; i < set->settings->endpoint_count; i++)
        names += is_name(set, i);
    return names;
}

/* Returns the number of addresses that each of ${names} names may have. */
static size_t room(const struct endpoint_set *set, size_t names)
{
    return (SERVICE_ENDPOINTS_MAX - (set->settings->endpoint_count - names)) / names;
}

/* The numbers only grow, so their sum changes when one of them changes. */
static unsigned version_of(const struct endpoint_set *set)
{
    unsigned sum = 0;

    for (size_t i = 0; i < set->settings->endpoint_count; i++)
        sum += set->rows[i]->addresses.version;
    return sum;
}

static struct endpoint_identity identity(const struct endpoint_set *set, size_t row,
                                         const struct resolve_address *address)
{
    return (struct endpoint_identity){
        .service = set->settings->service->name,
        .at = &set->settings->endpoints[row],
        .trust = set->settings->trust,
        .address = address,
    };
}

/* Drafts. */

static bool is_at(const struct endpoint *endpoint, const struct resolve_address *address)
{
    if (address == NULL || !endpoint->is_address)
        return address == NULL && !endpoint->is_address;
    return resolve_address_compare(&endpoint->addresses.addresses[0], address) == 0;
}

static const struct balance_member *find(const struct endpoint_set *set, size_t row,
                                         const struct resolve_address *address)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->members[i].at == &set->settings->endpoints[row] &&
            is_at(set->members[i].endpoint, address))
            return &set->members[i];
    return NULL;
}

/* Adds the member of ${row} at ${address}; NULL: the row itself. */
static void add(struct draft *draft, struct endpoint_set *set, size_t row,
                const struct resolve_address *address)
{
    const struct balance_member *known = find(set, row, address);
    struct balance_member *member = &draft->members[draft->count++];

    must(draft->count <= SERVICE_ENDPOINTS_MAX);
    if (known != NULL) {
        *member = *known;
        return;
    }
    *member = (struct balance_member){set->rows[row], &set->settings->endpoints[row], NO_PLACE};
    if (address != NULL) {
        const struct endpoint_identity one = identity(set, row, address);
        member->endpoint = endpoints_hold(set->endpoints, &one);
    }
}

static int compare(const void *a, const void *b) { return resolve_address_compare(a, b); }

/* When there are too many addresses, the first ones are taken. They have been known for the longest
 * time. */
static void add_name(struct draft *draft, struct endpoint_set *set, size_t row, size_t most)
{
    const struct resolve *known = &set->rows[row]->addresses;
    size_t count = known->count < most ? known->count : most;
    struct resolve_address sorted[RESOLVE_ADDRESSES_MAX];

    memcpy(sorted, known->addresses, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), compare);
    for (size_t i = 0; i < count; i++)
        add(draft, set, row, &sorted[i]);
    if (count == 0)
        add(draft, set, row, NULL);
}

/* Returns the place that a new member gets if this place is free. The place of an address depends
 * only on the address. So the workers have equal places, even when their earlier addresses were
 * different. */
static unsigned wished_place(const struct endpoint_set *set, const struct balance_member *member)
{
    if (!member->endpoint->is_address)
        return (unsigned)(member->at - set->settings->endpoints);
    return (unsigned)(hash_text(member->endpoint->label) % SERVICE_ENDPOINTS_MAX);
}

static void give_places(const struct endpoint_set *set, struct draft *draft)
{
    uint64_t used = 0;

    for (size_t i = 0; i < draft->count; i++)
        if (draft->members[i].place != NO_PLACE)
            used |= (uint64_t)1 << draft->members[i].place;
    for (size_t i = 0; i < draft->count; i++) {
        struct balance_member *member = &draft->members[i];
        if (member->place != NO_PLACE)
            continue;
        member->place = wished_place(set, member);
        while ((used >> member->place & 1) != 0)
            member->place = (member->place + 1) % SERVICE_ENDPOINTS_MAX;
        used |= (uint64_t)1 << member->place;
    }
}

static bool has_twins(const struct draft *draft)
{
    for (size_t i = 0; i < draft->count; i++)
        for (size_t j = 0; j < i; j++)
            if (draft->members[i].endpoint == draft->members[j].endpoint)
                return true;
    return false;
}

static bool has(const struct draft *draft, const struct balance_member *member)
{
    for (size_t i = 0; i < draft->count; i++)
        if (draft->members[i].at == member->at && draft->members[i].endpoint == member->endpoint)
            return true;
    return false;
}

/* The set. It holds a row as long as it lives, and an address as long as that is a member. */

static void drop_others(struct endpoint_set *set, const struct draft *draft)
{
    for (size_t i = 0; i < set->count; i++) {
        struct endpoint *endpoint = set->members[i].endpoint;
        if (!endpoint->is_address || has(draft, &set->members[i]))
            continue;
        endpoints_forget(endpoint);
        endpoints_release(endpoint);
    }
}

static void build(struct endpoint_set *set, size_t names)
{
    struct draft draft = {.count = 0};
    size_t most = names == 0 ? 0 : room(set, names);

    for (size_t i = 0; i < set->settings->endpoint_count; i++)
        if (is_name(set, i))
            add_name(&draft, set, i, most);
        else
            add(&draft, set, i, NULL);
    give_places(set, &draft);
    drop_others(set, &draft);
    memcpy(set->members, draft.members, draft.count * sizeof(*set->members));
    set->count = draft.count;
    set->version = version_of(set);
    set->has_twins = has_twins(&draft);
}

void endpoint_set_init(struct endpoint_set *set, struct endpoints *endpoints,
                       const struct service_settings *settings)
{
    size_t count = settings->endpoint_count;

    must(count > 0);
    *set = (struct endpoint_set){.endpoints = endpoints, .settings = settings};
    set->rows = memory_new(count * sizeof(*set->rows));
    for (size_t i = 0; i < count; i++) {
        const struct endpoint_identity row = identity(set, i, NULL);
        set->rows[i] = endpoints_hold(endpoints, &row);
    }
    size_t names = count_names(set);
    size_t most = names == 0 ? count : SERVICE_ENDPOINTS_MAX;
    set->members = memory_new(most * sizeof(*set->members));
    build(set, names);
}

bool endpoint_set_follow(struct endpoint_set *set)
{
    if (!set->settings->resolves_each || set->version == version_of(set))
        return false;
    build(set, count_names(set));
    return true;
}

uint64_t endpoint_set_places(const struct endpoint_set *set, const struct balance_member *member)
{
    uint64_t places = (uint64_t)1 << member->place;

    for (size_t i = 0; set->has_twins && i < set->count; i++)
        if (set->members[i].endpoint == member->endpoint)
            places |= (uint64_t)1 << set->members[i].place;
    return places;
}

bool endpoint_set_is_looked_up(const struct endpoint_set *set)
{
    for (size_t i = 0; i < set->settings->endpoint_count; i++)
        if (!set->rows[i]->is_looked_up)
            return false;
    return true;
}

/* Visits all rows, and all members that are not rows. */
static void each_endpoint(struct endpoint_set *set, void (*visit)(struct endpoint *))
{
    for (size_t i = 0; i < set->settings->endpoint_count; i++)
        visit(set->rows[i]);
    for (size_t i = 0; i < set->count; i++)
        if (set->members[i].endpoint->is_address)
            visit(set->members[i].endpoint);
}

void endpoint_set_forget(struct endpoint_set *set) { each_endpoint(set, endpoints_forget); }

void endpoint_set_release(struct endpoint_set *set)
{
    each_endpoint(set, endpoints_release);
    memory_free(set->rows);
    memory_free(set->members);
}
