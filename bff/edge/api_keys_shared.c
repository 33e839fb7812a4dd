/* See api_keys_shared.h. */
#include "bff/base/memory.h"
#include "bff/edge/api_keys_shared.h"
#include "bff/edge/api_keys_file.h"
#include "bff/edge/path_list.h"

struct api_keys_shared *api_keys_shared_new(const struct api_keys_settings *settings,
                                            struct api_keys_file *file)
{
    struct api_keys_shared *keys = memory_new(sizeof(*keys));

    keys->settings = settings;
    published_init(&keys->file);
    if (file != NULL)
        published_set(&keys->file, published_object_hold(api_keys_file_object(file)));
    return keys;
}

void api_keys_shared_free(struct api_keys_shared *keys)
{
    if (keys == NULL)
        return;
    published_dispose(&keys->file);
    memory_free(keys);
}

bool api_keys_shared_match(const struct api_keys_shared *keys, struct pool *pool, struct text path)
{
    return path_list_has(keys->settings->paths, keys->settings->path_count, pool, path);
}
