/* services.NAME: how long a call may take, how many calls there may be, when it is repeated, and
 * when it is refused. */
#include "bff/config/kind.h"
#include "bff/upstream/bulkhead.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct service_settings, member)
#define CALLS_MAX 1000000 /* the largest count of calls */

static const struct setting rows[] = {
    {"services.*.timeout.connect", &kind_duration, OF(connect_ms), 1, UNITS_HOUR, .normal = "1s",
     .about = "from dialling to connected, TLS included"},
    {"services.*.timeout.first_byte", &kind_duration, OF(first_byte_ms), 1, UNITS_HOUR,
     .normal = "10s", .about = "from the request sent to the answer's first byte"},
    {"services.*.timeout.total", &kind_duration, OF(total_ms), 1, UNITS_HOUR, .normal = "3s",
     .about = "from start to end of a call, retries included"},
    {"services.*.min_time", &kind_duration, OF(min_time_ms), 0, UNITS_HOUR, .normal = "5ms",
     .about = "a call with less time left is not sent"},
    {"services.*.min_wait", &kind_duration, OF(min_wait_ms), 0, UNITS_HOUR, .normal = "100ms",
     .about = "a call that its page ends is a failure if the service had so long to answer"},
    {"services.*.max_in_flight", &kind_number, OF(bulkhead.max_in_flight), 0, CALLS_MAX,
     .normal = "0", .about = "calls at the same time; 0: no limit"},
    {"services.*.queue", &kind_no_number, OF(bulkhead.queue),
     .about = "off: a call over max_in_flight does not wait for another to end"},
    {"services.*.queue.length", &kind_number, OF(bulkhead.queue), 1, CALLS_MAX, .normal = "100",
     .about = "calls over max_in_flight that may wait"},
    {"services.*.queue.wait", &kind_duration, OF(bulkhead.wait_ms), 1, UNITS_HOUR,
     .normal = "100ms", .about = "how long a call may wait"},
    {"services.*.retry", &kind_no_pointer, OF(retry.methods),
     .about = "off: a request that was sent is not sent again"},
    {"services.*.retry.try", &kind_duration, OF(retry.try_ms), 1, UNITS_HOUR, .normal = "300ms",
     .about = "to the answer's first byte; then another endpoint is asked"},
    {"services.*.retry.methods", &kind_methods, OF(retry.methods), .shown = "[GET, HEAD]",
     .about = "methods that may be sent again"},
    {"services.*.retry.budget", &kind_percent, OF(retry.budget_percent), 0, 100, .normal = "20",
     .about = "retries of the last 10 s, in percent of the first attempts"},
    {"services.*.retry.reserve", &kind_number, OF(retry.reserve), 0, CALLS_MAX, .normal = "10",
     .about = "and so many retries in 10 s are always allowed"},
    {"services.*.hedge_budget", &kind_percent, OF(hedge_percent), 0, 100, .normal = "5",
     .about = "second requests of the last 10 s, in percent of the calls with a hedge"},
    {"services.*.breaker", &kind_no_number, OF(breaker.volume),
     .about = "off: a service whose calls fail is still asked"},
    {"services.*.breaker.error_threshold", &kind_percent, OF(breaker.error_percent), 0, 100,
     .normal = "50", .about = "the breaker opens when more calls fail, in percent"},
    {"services.*.breaker.volume", &kind_number, OF(breaker.volume), 1, CALLS_MAX, .normal = "10",
     .about = "and when the window has so many calls"},
    {"services.*.breaker.reset", &kind_duration, OF(breaker.reset_ms), 10, UNITS_HOUR,
     .normal = "10s", .about = "how long it refuses calls before it lets one try"},
    {"services.*.breaker.window", &kind_duration, OF(breaker.window_ms), 100, UNITS_HOUR,
     .normal = "10s", .about = "the time over which calls are counted"},
    {0},
};

static void begin(struct config *config, const struct bff_build *build)
{
    struct text *methods = pool_zero(config->pool, 3 * sizeof(*methods));

    (void)build;
    methods[0] = TEXT("GET");
    methods[1] = TEXT("HEAD");
    for (size_t i = 0; i < config->service_count; i++)
        config->services[i].retry.methods = methods;
}

/* A time of a call must not be longer than the limit of the whole call. A longer default is
 * reduced. */
static void phase_check(struct settings *settings, size_t index, const char *path,
                        uint32_t *phase_ms)
{
    uint32_t total_ms = settings->config->services[index].total_ms;
    char phase[UNITS_SIZE], total[UNITS_SIZE];

    if (*phase_ms <= total_ms)
        return;
    if (!settings_is_given(settings, path, index)) {
        *phase_ms = total_ms;
        return;
    }
    units_print_duration(*phase_ms, phase);
    units_print_duration(total_ms, total);
    settings_complain(settings, path, index, "%s is longer than timeout.total, which is %s", phase,
                      total);
}

static void phases_check(struct settings *settings, size_t index)
{
    struct service_settings *service = &settings->config->services[index];

    phase_check(settings, index, "services.*.timeout.connect", &service->connect_ms);
    phase_check(settings, index, "services.*.timeout.first_byte", &service->first_byte_ms);
    phase_check(settings, index, "services.*.min_time", &service->min_time_ms);
    phase_check(settings, index, "services.*.min_wait", &service->min_wait_ms);
    phase_check(settings, index, "services.*.queue.wait", &service->bulkhead.wait_ms);
    phase_check(settings, index, "services.*.retry.try", &service->retry.try_ms);
}

/* True when calls may have to wait. A mistake in a limit has been reported already. */
static bool has_limit(struct settings *settings, size_t index)
{
    return bulkhead_is_needed(&settings->config->services[index]) ||
           settings_mark(settings, "services.*.max_in_flight", index)->is_wrong;
}

static void queue_check(struct settings *settings, size_t index)
{
    static const char *const paths[] = {"services.*.queue.length", "services.*.queue.wait"};

    if (has_limit(settings, index))
        return;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (settings_is_given(settings, paths[i], index)) {
            settings_complain(settings, paths[i], index,
                              "it has no effect without max_in_flight; set that beside queue");
            return;
        }
}

/* The endpoints together should take as many calls as the service. */
static void in_flight_check(struct settings *settings, size_t index)
{
    const struct service_settings *service = &settings->config->services[index];
    uint64_t sum = 0;

    if (service->resolves_each) /* how many addresses there are is not known yet */
        return;
    for (size_t i = 0; i < service->endpoint_count; i++) {
        if (service->endpoints[i].max_in_flight == 0)
            return;
        sum += service->endpoints[i].max_in_flight;
    }
    if (sum < service->bulkhead.max_in_flight)
        settings_warn(settings, "services.*.max_in_flight", index,
                      "the endpoints together take only %u, so the rest waits", (unsigned)sum);
}

/* The methods that change data at each request. */
static bool is_unsafe(struct text method)
{
    return text_is(method, "POST") || text_is(method, "PATCH");
}

static void retry_check(struct settings *settings, size_t index)
{
    const struct service_retry *retry = &settings->config->services[index].retry;

    if (retry->methods != NULL && retry->budget_percent == 0 && retry->reserve == 0)
        settings_warn(settings, "services.*.retry.budget", index,
                      "without budget and reserve nothing is sent again; write retry: off");
    for (const struct text *one = retry->methods; one != NULL && one->at != NULL; one++)
        if (is_unsafe(*one))
            settings_warn(settings, "services.*.retry.methods", index,
                          "the service may carry out a %.*s twice", TEXT_ARGS(*one));
}

static void breaker_check(struct settings *settings, size_t index)
{
    const struct service_breaker *breaker = &settings->config->services[index].breaker;

    if (breaker->volume > 0 && breaker->error_percent == 100)
        settings_warn(settings, "services.*.breaker.error_threshold", index,
                      "no more than 100 percent can fail, so it never opens; write breaker: off");
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->service_count; i++) {
        phases_check(settings, i);
        queue_check(settings, i);
        in_flight_check(settings, i);
        retry_check(settings, i);
        breaker_check(settings, i);
    }
}

const struct section section_services_calls = {
    .rows = rows, .items = &section_services_items, .begin = begin, .check = check};
