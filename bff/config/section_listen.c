/* Lists of addresses: those to listen on, of services, of origins, of proxies. */
#include <stdio.h>

#include "bff/config/address.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"

#include "bff/config/kind.h"

static int listen_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    struct config_listen listen;

    return setting_judge(wrong, text, address_read(text, &listen));
}

static void listens_set(const struct setting *row, struct config *config, void *member,
                        const struct settings_values *values)
{
    struct config_listen *listens = memory_new(values->count * sizeof(*listens));

    for (size_t i = 0; i < values->count; i++) {
        must(address_read(values->texts[i], &listens[i]) == NULL);
        listens[i].text = memory_string(values->texts[i]);
    }
    for (size_t i = 0; i < config->listen_count; i++)
        memory_free(config->listens[i].text);
    memory_free(config->listens);
    config->listens = listens;
    config->listen_count = values->count;
}

static int endpoint_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    struct service_endpoint endpoint = {0};
    const char *words = service_endpoint_read(text, &endpoint);

    service_endpoint_free(&endpoint);
    return setting_judge(wrong, text, words);
}

static void endpoints_set(const struct setting *row, struct config *config, void *member,
                          const struct settings_values *values)
{
    struct service_settings *service = member; /* the row's offset is 0 */
    struct service_endpoint *endpoints = memory_new(values->count * sizeof(*endpoints));

    for (size_t i = 0; i < values->count; i++)
        must(service_endpoint_read(values->texts[i], &endpoints[i]) == NULL);
    for (size_t i = 0; i < service->endpoint_count; i++)
        service_endpoint_free(&service->endpoints[i]);
    memory_free(service->endpoints);
    service->endpoints = endpoints;
    service->endpoint_count = values->count;
}

/* Browsers send scheme, host, and a port that is not the scheme's own; nothing else is compared. */
static int origin_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    struct service_endpoint endpoint = {0};
    const char *words = NULL;
    char sentence[256];

    if (strcmp(text, "*") == 0)
        return 0;
    if (service_endpoint_read(text, &endpoint) != NULL) {
        words = "expected an origin such as https://shop.example or http://localhost:3000";
    } else {
        snprintf(sentence, sizeof(sentence), "%s://%.200s", endpoint.is_tls ? "https" : "http",
                 endpoint.authority);
        if (!text_equal_nocase(text_of(text), text_of(sentence))) {
            snprintf(sentence, sizeof(sentence), "browsers write it as %s://%.200s",
                     endpoint.is_tls ? "https" : "http", endpoint.authority);
            words = sentence;
        }
    }
    service_endpoint_free(&endpoint);
    return setting_judge(wrong, text, words);
}

static void origins_set(const struct setting *row, struct config *config, void *member,
                        const struct settings_values *values)
{
    struct cors_settings *cors = &config->cors;

    cors->origins = pool_zero(config->pool, values->count * sizeof(*cors->origins));
    cors->origin_count = 0;
    cors->allows_any = false;
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->texts[i], "*") == 0)
            cors->allows_any = true;
        else
            cors->origins[cors->origin_count++] =
                setting_lower(config->pool, text_of(values->texts[i]));
}

static int network_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    struct trusted_network network;

    return setting_judge(wrong, text, trusted_read(text_of(text), &network));
}

static void networks_set(const struct setting *row, struct config *config, void *member,
                         const struct settings_values *values)
{
    struct trusted *trusted = &config->trusted;

    trusted->networks = pool_zero(config->pool, values->count * sizeof(*trusted->networks));
    trusted->count = values->count;
    for (size_t i = 0; i < values->count; i++)
        must(trusted_read(text_of(values->texts[i]), &trusted->networks[i]) == NULL);
}

const struct setting_kind setting_listens = {listen_check, listens_set, true, false};
const struct setting_kind setting_endpoints = {endpoint_check, endpoints_set, true, false};
const struct setting_kind setting_origins = {origin_check, origins_set, true, false};
const struct setting_kind setting_networks = {network_check, networks_set, true, false};
