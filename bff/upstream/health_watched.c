/* See health_watched.h. */
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"
#include "bff/upstream/health_watched.h"

const char *health_watched_label(const struct health_watched_endpoint *endpoint)
{
    return endpoint->address[0] != '\0' ? endpoint->address : endpoint->at->authority;
}

/* One endpoint. */

static struct health_known *hold_known(const struct health_watched_endpoint *endpoint)
{
    char *name = service_address_name(endpoint->of->settings->service->name, endpoint->at,
                                      endpoint->address[0] == '\0' ? NULL : endpoint->address);
    struct health_known *known = health_known_hold(name);

    memory_free(name);
    return known;
}

/* Takes over the reference to ${state}. ${address} may be empty. */
static struct health_watched_endpoint *new_endpoint(struct health_watched *of,
                                                    const struct service_endpoint *at,
                                                    const char *address,
                                                    struct endpoint_state *state)
{
    struct health_watched_endpoint *endpoint = memory_new(sizeof(*endpoint));

    endpoint->of = of;
    endpoint->at = at;
    snprintf(endpoint->address, sizeof(endpoint->address), "%s", address);
    endpoint->state = state;
    if (of->known != NULL) {
        endpoint->known = hold_known(endpoint);
        health_probe_init(&endpoint->probe, of->settings, of->ended);
    }
    return endpoint;
}

static void free_endpoint(struct health_watched_endpoint *endpoint)
{
    if (endpoint->known != NULL)
        health_probe_dispose(&endpoint->probe);
    registry_release(endpoint->known);
    registry_release(endpoint->state);
    memory_free(endpoint);
}

/* The list. */

void health_watched_init(struct health_watched *watched, const struct service_settings *settings,
                         void (*ended)(struct health_probe *probe,
                                       const struct health_result *result))
{
    const char *name = settings->service->name;

    must(pthread_mutex_init(&watched->lock, NULL) == 0);
    watched->settings = settings;
    watched->ended = ended;
    if (settings->health.path != NULL)
        watched->known = health_known_hold(name);
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        const struct service_endpoint *at = &settings->endpoints[i];
        watched->endpoints[watched->count++] =
            new_endpoint(watched, at, "", endpoint_state_hold(registry_of_process(), name, at));
    }
}

/* Takes the endpoint of ${member} from the list. NULL: it is not there. */
static struct health_watched_endpoint *take(struct health_watched_endpoint **list, size_t count,
                                            const struct balance_member *member)
{
    for (size_t i = 0; i < count; i++) {
        struct health_watched_endpoint *endpoint = list[i];
        if (endpoint == NULL || endpoint->at != member->at ||
            endpoint->state != member->endpoint->state)
            continue;
        list[i] = NULL;
        return endpoint;
    }
    return NULL;
}

void health_watched_follow(struct health_watched *watched, const struct endpoint_set *set)
{
    struct health_watched_endpoint *before[SERVICE_ENDPOINTS_MAX];
    size_t count = watched->count;

    memcpy(before, watched->endpoints, sizeof(before));
    must(pthread_mutex_lock(&watched->lock) == 0);
    for (size_t i = 0; i < set->count; i++) {
        const struct balance_member *member = &set->members[i];
        struct health_watched_endpoint *endpoint = take(before, count, member);
        if (endpoint == NULL)
            endpoint = new_endpoint(watched, member->at, member->endpoint->address,
                                    registry_hold_again(member->endpoint->state));
        endpoint->endpoint = member->endpoint;
        watched->endpoints[i] = endpoint;
    }
    watched->count = set->count;
    must(pthread_mutex_unlock(&watched->lock) == 0);
    for (size_t i = 0; i < count; i++) {
        if (before[i] == NULL)
            continue;
        health_probe_stop(&before[i]->probe);
        free_endpoint(before[i]);
    }
}

void health_watched_dispose(struct health_watched *watched)
{
    for (size_t i = 0; i < watched->count; i++)
        free_endpoint(watched->endpoints[i]);
    registry_release(watched->known);
    pthread_mutex_destroy(&watched->lock);
}
