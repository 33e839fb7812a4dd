/* See settings_file_values_json.h. */
#include "bff/base/memory.h"
#include "bff/yaml/yaml_json.h"

#include "bff/config/settings_file_values_json.h"

/* The value that is read: where it is, and its name. */
struct reading {
    const struct settings_mapping *mapping;
    const yaml_node_t *key;
};

/* Variables are replaced. */
static struct text read_scalar(void *cookie, const yaml_node_t *node, struct pool *pool)
{
    const struct reading *reading = cookie;
    char *string = settings_file_scalar_read(reading->mapping, reading->key, node);
    struct text text = string == NULL ? (struct text){0} : pool_text(pool, text_of(string));

    memory_free(string);
    return text;
}

char *settings_file_json_read(const struct settings_mapping *mapping, const yaml_node_t *key,
                              yaml_node_t *node)
{
    struct pool *pool = pool_new();
    struct reading reading = {.mapping = mapping, .key = key};
    struct yaml_json how = {
        .most = SETTINGS_FILE_JSON_MAX, .scalar = read_scalar, .cookie = &reading};
    struct yaml_json_mistake mistake;
    struct text json = yaml_json_print(mapping->document, node, &how, pool, &mistake);
    char *string = json.at == NULL ? NULL : memory_string(json.at);

    if (json.at == NULL && mistake.words != NULL)
        settings_file_complain(mapping, key, mistake.words);
    pool_free(pool);
    return string;
}
