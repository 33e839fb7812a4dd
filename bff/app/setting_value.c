/* See setting_value.h. */
#include <inttypes.h>
#include <stdio.h>

#include "bff/app/address.h"
#include "bff/app/units.h"
#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"

#include "bff/app/setting_value.h"

static const char *number_read(const struct setting *row, struct text text, uint64_t *out)
{
    switch (row->type) {
    case SETTING_DURATION:
        return units_duration(text, out);
    case SETTING_SIZE:
        return units_size(text, out);
    case SETTING_WORKERS:
        if (text_is(text, "auto")) {
            *out = 0;
            return NULL;
        }
        return text_number(text, UINT64_MAX, out) == 0 ? NULL : "expected auto or a whole number";
    default:
        return text_number(text, UINT64_MAX, out) == 0 ? NULL : "expected a whole number";
    }
}

static void bound_print(const struct setting *row, uint64_t value, char out[UNITS_SIZE])
{
    if (row->type == SETTING_DURATION)
        units_print_duration(value, out);
    else if (row->type == SETTING_SIZE)
        units_print_size(value, out);
    else
        snprintf(out, UNITS_SIZE, "%" PRIu64, value);
}

static int number_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    uint64_t number = 0;
    char least[UNITS_SIZE], most[UNITS_SIZE];
    const char *words = number_read(row, text_of(text), &number);
    bool is_auto = row->type == SETTING_WORKERS && text_is(text_of(text), "auto");

    if (words != NULL) {
        snprintf(wrong->words, sizeof(wrong->words), "\"%.100s\": %s", text, words);
        return -1;
    }
    if (is_auto || (number >= row->least && number <= row->most))
        return 0;
    bound_print(row, row->least, least);
    bound_print(row, row->most, most);
    snprintf(wrong->words, sizeof(wrong->words), "\"%.100s\" is out of bounds: expected %s to %s",
             text, least, most);
    return -1;
}

static const char *address_check(const struct setting *row, const char *text)
{
    struct service_endpoint endpoint = {0};
    struct config_listen listen;
    const char *words = row->type == SETTING_LISTENS ? address_read(text, &listen)
                                                     : service_endpoint_read(text, &endpoint);

    service_endpoint_free(&endpoint);
    return words;
}

int setting_value_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    const char *words = NULL;

    if (row->type == SETTING_FILE)
        words = *text == '\0' ? "expected the name of a file" : NULL;
    else if (settings_is_list(row))
        words = address_check(row, text);
    else
        return number_check(row, text, wrong);
    if (words != NULL)
        snprintf(wrong->words, sizeof(wrong->words), "\"%.100s\": %s", text, words);
    return words == NULL ? 0 : -1;
}

static void listens_set(struct config *config, const struct settings_values *values)
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

static void endpoints_set(struct service_settings *service, const struct settings_values *values)
{
    struct service_endpoint *endpoints = memory_new(values->count * sizeof(*endpoints));

    for (size_t i = 0; i < values->count; i++)
        must(service_endpoint_read(values->texts[i], &endpoints[i]) == NULL);
    for (size_t i = 0; i < service->endpoint_count; i++)
        service_endpoint_free(&service->endpoints[i]);
    memory_free(service->endpoints);
    service->endpoints = endpoints;
    service->endpoint_count = values->count;
}

/* A name in the file is relative to the file, so that it does not matter where one starts. */
static char *file_name(const struct config *config, const char *text, const struct place *place)
{
    const char *slash = config->file == NULL ? NULL : strrchr(config->file, '/');

    if (*text == '/' || place->line == 0 || slash == NULL)
        return memory_string(text);
    size_t directory = (size_t)(slash - config->file) + 1, size = directory + strlen(text) + 1;
    char *name = memory_new(size);
    snprintf(name, size, "%.*s%s", (int)directory, config->file, text);
    return name;
}

void setting_value_set(const struct setting *row, struct config *config, void *owner,
                       const struct settings_values *values)
{
    void *member = (char *)owner + row->offset;
    uint64_t number = 0;

    if (row->type == SETTING_LISTENS) {
        listens_set(config, values);
    } else if (row->type == SETTING_ENDPOINTS) {
        endpoints_set(owner, values);
    } else if (row->type == SETTING_FILE) {
        memory_free(*(char **)member);
        *(char **)member = file_name(config, values->texts[0], &values->places[0]);
    } else {
        must(number_read(row, text_of(values->texts[0]), &number) == NULL);
        if (row->type == SETTING_SIZE)
            *(size_t *)member = (size_t)number;
        else if (row->type == SETTING_DURATION)
            *(uint32_t *)member = (uint32_t)number;
        else
            *(unsigned *)member = (unsigned)number;
    }
}
