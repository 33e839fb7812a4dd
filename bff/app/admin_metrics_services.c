/* The part of /metrics about services, their endpoints and circuit breakers. */
#include "bff/app/admin_metrics.h"
#include "bff/base/clock.h"
#include "bff/upstream/breaker.h"
#include "bff/upstream/upstream.h"

/* What is counted by the endpoints of the configuration. */

static void write_counter(struct admin_metrics_page *page, enum metrics_call_counter counter,
                          const char *result)
{
    const struct metrics *metrics = page->context->dispatch->metrics;

    for (size_t i = metrics->first[METRICS_CALL]; i < metrics->first[METRICS_CALL + 1]; i++)
        if (!metrics->rows[i].is_repeated)
            exposition_sample(&page->out,
                              exposition_label(page->out.pool, metrics->rows[i].labels, "result",
                                               text_of(result)),
                              metrics_set_counter(metrics->rows[i].set, counter));
}

static void write_dialled(struct admin_metrics_page *page)
{
    write_counter(page, METRICS_CALL_DIALLED, NULL);
}

static void write_reused(struct admin_metrics_page *page)
{
    write_counter(page, METRICS_CALL_REUSED, NULL);
}

static void write_retries(struct admin_metrics_page *page)
{
    write_counter(page, METRICS_CALL_RETRY, NULL);
}

static void write_hedges(struct admin_metrics_page *page)
{
    write_counter(page, METRICS_CALL_HEDGE, NULL);
}

static void write_hedges_won(struct admin_metrics_page *page)
{
    write_counter(page, METRICS_CALL_HEDGE_WON, NULL);
}

static void write_checks(struct admin_metrics_page *page)
{
    write_counter(page, METRICS_CALL_CHECK_GOOD, "good");
    write_counter(page, METRICS_CALL_CHECK_BAD, "bad");
}

/* What the states of the endpoints say: with resolve: each, of every address. */

static bool is_up(const struct health_endpoint *endpoint)
{
    return endpoint->state == HEALTH_UP || endpoint->state == HEALTH_UNKNOWN;
}

static uint64_t up_of(const struct health_endpoint *endpoint) { return is_up(endpoint); }

static uint64_t in_flight_of(const struct health_endpoint *endpoint) { return endpoint->in_flight; }

static uint64_t connections_of(const struct health_endpoint *endpoint)
{
    return endpoint->connections;
}

static uint64_t ejected_of(const struct health_endpoint *endpoint) { return endpoint->ejected; }

static struct text label_endpoint(struct pool *pool, const char *service,
                                  const struct health_endpoint *endpoint)
{
    struct text labels = exposition_label(pool, (struct text){0}, "service", text_of(service));
    const char *at = endpoint->address[0] != '\0' ? endpoint->address : endpoint->at->authority;

    return exposition_label(pool, labels, "endpoint", text_of(at));
}

/* The settings may list an endpoint twice. */
static bool is_earlier(struct health *health, size_t service, size_t place,
                       const struct health_endpoint *endpoint)
{
    for (size_t i = 0; i < place; i++) {
        struct health_endpoint other = health_read_endpoint(health, service, i);
        if (strcmp(other.at->authority, endpoint->at->authority) == 0 &&
            strcmp(other.address, endpoint->address) == 0)
            return true;
    }
    return false;
}

static void write_endpoints(struct admin_metrics_page *page,
                            uint64_t (*value)(const struct health_endpoint *endpoint))
{
    struct health *health = page->context->dispatch->health.health;
    struct health_endpoint endpoint;

    for (size_t service = 0; service < health_count(health); service++) {
        const char *name = health_service(health, service)->service->name;
        for (size_t i = 0; (endpoint = health_read_endpoint(health, service, i)).at != NULL; i++)
            if (!is_earlier(health, service, i, &endpoint))
                exposition_sample(&page->out, label_endpoint(page->out.pool, name, &endpoint),
                                  value(&endpoint));
    }
}

static void write_endpoints_up(struct admin_metrics_page *page) { write_endpoints(page, up_of); }

static void write_in_flight(struct admin_metrics_page *page)
{
    write_endpoints(page, in_flight_of);
}

static void write_connections(struct admin_metrics_page *page)
{
    write_endpoints(page, connections_of);
}

static void write_ejections(struct admin_metrics_page *page) { write_endpoints(page, ejected_of); }

static void write_services_up(struct admin_metrics_page *page)
{
    struct health *health = page->context->dispatch->health.health;

    for (size_t i = 0; i < health_count(health); i++)
        admin_metrics_put(page, "service", health_service(health, i)->service->name,
                          health_read(health, i).state != HEALTH_DOWN);
}

/* Circuit breakers: of services, of routes, of parts. */

static const char *const states[BREAKER_STATES] = {
    [BREAKER_CLOSED] = "closed",
    [BREAKER_OPEN] = "open",
    [BREAKER_HALF_OPEN] = "half_open",
};

static void write_state(struct admin_metrics_page *page, const struct breaker_count *count)
{
    struct text labels = exposition_label(page->out.pool, (struct text){0}, "breaker", count->name);

    for (unsigned i = 0; i < BREAKER_STATES; i++)
        exposition_sample(&page->out,
                          exposition_label(page->out.pool, labels, "state", text_of(states[i])),
                          i == count->state);
}

static void write_entered(struct admin_metrics_page *page, const struct breaker_count *count)
{
    struct text labels = exposition_label(page->out.pool, (struct text){0}, "breaker", count->name);

    for (unsigned i = 0; i < BREAKER_STATES; i++)
        exposition_sample(&page->out,
                          exposition_label(page->out.pool, labels, "state", text_of(states[i])),
                          count->entered[i]);
}

/* Two routes with the same path to the same service have one breaker. */
static bool has_earlier(const struct plain_routes *routes, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (routes->rows[i].breaker == routes->rows[place].breaker)
            return true;
    return false;
}

typedef void write_breaker(struct admin_metrics_page *page, const struct breaker_count *count);

static void write_one(struct admin_metrics_page *page, const struct breaker *breaker,
                      write_breaker *write)
{
    if (breaker == NULL)
        return;
    struct breaker_count count = breaker_count(breaker, clock_now_ns());
    write(page, &count);
}

static void write_breakers(struct admin_metrics_page *page, write_breaker *write)
{
    const struct upstream *upstream = page->context->worker->upstream;
    const struct plain_routes *routes = page->context->dispatch->routes;
    const struct pages *pages = page->context->dispatch->pages;

    for (size_t i = 0; i < upstream->service_count; i++)
        write_one(page, upstream->services[i].breaker, write);
    for (size_t i = 0; i < routes->count; i++)
        if (!has_earlier(routes, i))
            write_one(page, routes->rows[i].breaker, write);
    for (size_t i = 0; i < pages->count; i++)
        for (size_t part = 0; part < pages->plans[i]->part_count; part++)
            write_one(page, pages->plans[i]->parts[part].breaker, write);
}

static void write_breaker_states(struct admin_metrics_page *page)
{
    write_breakers(page, write_state);
}

static void write_transitions(struct admin_metrics_page *page)
{
    write_breakers(page, write_entered);
}

const struct admin_metrics_family admin_metrics_services[] = {
    {"bff_connections_opened", EXPOSITION_COUNTER, NULL,
     "Attempts at a service that opened a connection.", .write = write_dialled},
    {"bff_connections_reused", EXPOSITION_COUNTER, NULL,
     "Attempts at a service on a connection that was idle.", .write = write_reused},
    {"bff_retries", EXPOSITION_COUNTER, NULL, "Attempts after the first one of a call.",
     .write = write_retries},
    {"bff_hedges", EXPOSITION_COUNTER, NULL,
     "Attempts that were made because the first one was slow.", .write = write_hedges},
    {"bff_hedges_won", EXPOSITION_COUNTER, NULL, "Hedges whose complete answer was used.",
     .write = write_hedges_won},
    {"bff_health_checks", EXPOSITION_COUNTER, NULL,
     "Active health checks that an endpoint has answered, or not.", .write = write_checks},
    {"bff_endpoint_up", EXPOSITION_GAUGE, NULL,
     "1 while the endpoint gets requests, 0 while it is down or ejected.",
     .write = write_endpoints_up},
    {"bff_endpoint_in_flight", EXPOSITION_GAUGE, NULL, "Attempts that are under way.",
     .write = write_in_flight},
    {"bff_endpoint_connections", EXPOSITION_GAUGE, NULL,
     "Connections to the endpoint that are open, idle ones included.", .write = write_connections},
    {"bff_endpoint_ejections", EXPOSITION_COUNTER, NULL,
     "How often the endpoint was ejected because attempts had failed.", .write = write_ejections},
    {"bff_service_up", EXPOSITION_GAUGE, NULL, "0 while no endpoint of the service gets requests.",
     .write = write_services_up},
    {"bff_breaker_state", EXPOSITION_GAUGE, NULL,
     "1 for the state in which the circuit breaker is.", .write = write_breaker_states},
    {"bff_breaker_transitions", EXPOSITION_COUNTER, NULL,
     "How often the circuit breaker has entered the state.", .write = write_transitions},
    {0},
};
