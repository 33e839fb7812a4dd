/* See api_keys.h. */
#include "bff/base/memory.h"
#include "bff/base/path_reading.h"
#include "bff/edge/api_keys.h"
#include "bff/edge/api_keys_file.h"
#include "bff/limit/limit_rule.h"

struct api_keys *api_keys_new(const struct api_keys_settings *settings, struct api_keys_file *file)
{
    struct api_keys *keys = memory_new(sizeof(*keys));

    keys->settings = settings;
    published_init(&keys->file);
    if (file != NULL)
        published_set(&keys->file, published_object_hold(api_keys_file_object(file)));
    return keys;
}

void api_keys_free(struct api_keys *keys)
{
    if (keys == NULL)
        return;
    published_dispose(&keys->file);
    memory_free(keys);
}

/* Paths are compared as rate limits compare theirs, so that no spelling avoids a key. */
bool api_keys_match(const struct api_keys *keys, struct pool *pool, struct text path)
{
    const struct api_keys_settings *settings = keys->settings;
    struct text lenient = path_reading_lenient(pool, path);

    for (size_t i = 0; i < settings->path_count; i++)
        if (limit_rule_matches(&(struct limit_rule){.path = settings->paths[i]}, TEXT("GET"),
                               lenient))
            return true;
    return false;
}
