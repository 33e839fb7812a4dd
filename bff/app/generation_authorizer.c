/* See generation_authorizer.h. */
#include "bff/app/generation_authorizer.h"
#include "bff/base/registry.h"
#include "bff/cache/cache.h"

void generation_authorizer_prepare(struct generation *generation)
{
    const struct authorizer_settings *settings = &generation->config.authorizer;

    if (settings->service == NULL)
        return;
    struct cache *verdicts = cache_hold(registry_of_process(), TEXT("verdicts"));
    cache_set_limit(verdicts, AUTHORIZER_BYTES);
    generation_keep(generation, verdicts);
    generation->authorizer = authorizer_new(settings);
}
