/* See service_list.h. */
#include "bff/app/service_list.h"
#include "bff/config/units.h"

static void print_duration(const char *name, uint32_t ms, FILE *out)
{
    char text[UNITS_SIZE];

    units_print_duration(ms, text);
    fprintf(out, ", %s %s", name, text);
}

static void print_endpoints(const struct config *config, const struct service_settings *service,
                            FILE *out)
{
    if (config->mock_dir != NULL)
        fprintf(out, " its mock");
    for (size_t i = 0; i < service->endpoint_count && config->mock_dir == NULL; i++)
        fprintf(out, " %s://%s", service->endpoints[i].is_tls ? "https" : "http",
                service->endpoints[i].authority);
}

static void print_health(const struct service_settings *service, FILE *out)
{
    if (service->health.path == NULL) {
        fprintf(out, ", health off");
        return;
    }
    fprintf(out, ", health %s", service->health.path);
    print_duration("interval", service->health.interval_ms, out);
    print_duration("timeout", service->health.timeout_ms, out);
    if (service->health.is_essential)
        fprintf(out, ", essential");
}

void service_list_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; i < config->service_count; i++) {
        const struct service_settings *service = &config->services[i];
        fprintf(out, "service %s  to", service->service->name);
        print_endpoints(config, service, out);
        print_duration("connect", service->connect_ms, out);
        print_duration("first byte", service->first_byte_ms, out);
        print_duration("total", service->total_ms, out);
        print_health(service, out);
        fprintf(out, "\n");
    }
}
