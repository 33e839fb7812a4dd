/* The program: what compose.h promises as bff_main. */
#include <stdio.h>

#include "bff/config/config_read.h"
#include "bff/app/probe.h"
#include "bff/app/serve.h"
#include "bff/app/signals.h"
#include "bff/app/route_list.h"

/* The tables are checked whatever the action: a build whose tables are wrong does nothing. */
static int act(enum config_action action, struct config *config, struct pages *pages)
{
    pages->body_limit = config->body_limit;
    pages->depth_limit = config->depth_limit;
    pages->mock_header = config_mock_header(config);
    switch (action) {
    case CONFIG_CHECK:
        printf("%.*s: the configuration is good\n", TEXT_ARGS(pages->server));
        return 0;
    case CONFIG_ROUTES:
        route_list_print(pages, &config->routes, stdout);
        return 0;
    case CONFIG_PROBE:
        return probe(config, pages->server);
    case CONFIG_SERVE:
        return serve(config, pages);
    case CONFIG_EXIT_OK:
        return 0;
    case CONFIG_EXIT_BAD:
        break;
    }
    return EXIT_CONFIG;
}

int bff_main(int argc, char **argv, const struct bff_build *build)
{
    signals_begin();
    struct pool *pool = pool_new();
    struct config config;
    struct pages pages = {0};
    enum config_action action = config_read_and_print(argc, argv, build, &config);

    if (route_list_make(pool, build, &pages, stderr) > 0)
        action = CONFIG_EXIT_BAD;
    int status = act(action, &config, &pages);

    config_free(&config);
    pool_free(pool);
    return status;
}
