/* The program: bff_main of compose.h. */
#include <stdio.h>

#include "bff/app/generation.h"
#include "bff/app/hash_key.h"
#include "bff/app/caller_list.h"
#include "bff/app/limit_list.h"
#include "bff/app/probe.h"
#include "bff/app/rehearsal.h"
#include "bff/app/route_list.h"
#include "bff/app/serve.h"
#include "bff/app/service_list.h"
#include "bff/app/signals.h"
#include "bff/app/store_list.h"
#include "bff/app/successor.h"
#include "bff/app/verify.h"
#include "bff/compose/openapi.h"
#include "bff/compose/typescript.h"

static void print_openapi(const struct generation *generation)
{
    const struct config *config = &generation->config;
    struct openapi_about about = {.version = TEXT(BFF_VERSION)};

    if (config->session.is_on)
        about.cookie = config->session.cookie;
    if (config->api_keys.source != API_KEYS_OFF)
        about.key_header = config->api_keys.header;
    openapi_print(&generation->pages, &about, stdout);
}

static int act(enum config_action action, struct generation *generation)
{
    switch (action) {
    case CONFIG_CHECK:
        route_list_warn(&generation->pages, generation->config.request_limit, stderr);
        printf("%.*s: the configuration is good\n", TEXT_ARGS(generation->pages.server));
        return 0;
    case CONFIG_ROUTES:
        route_list_print(&generation->pages, &generation->config.routes, stdout);
        service_list_print(&generation->config, stdout);
        limit_list_print(&generation->config, stdout);
        caller_list_print(&generation->config, stdout);
        store_list_print(&generation->config, stdout);
        return 0;
    case CONFIG_OPENAPI:
        print_openapi(generation);
        return 0;
    case CONFIG_TYPESCRIPT:
        typescript_print(&generation->pages, stdout);
        return 0;
    case CONFIG_PROBE:
        return probe(&generation->config, generation->pages.server);
    case CONFIG_HASH_KEY:
        return hash_key_print();
    case CONFIG_VERIFY:
        return verify(&generation->pages, generation->config.verify);
    case CONFIG_EXIT_OK:
        return 0;
    case CONFIG_SERVE: /* see bff_main */
    case CONFIG_REHEARSE:
    case CONFIG_EXIT_BAD:
        break;
    }
    return EXIT_CONFIG;
}

int bff_main(int argc, char **argv, const struct bff_build *build)
{
    enum config_action action;

    signals_begin();
    successor_remember(argv);
    struct generation *generation = generation_load(argc, argv, build, &action);
    if (action == CONFIG_SERVE)
        return serve(generation, argc, argv);
    if (action == CONFIG_REHEARSE)
        return rehearsal(generation);
    int status = act(action, generation);
    generation_release(generation);
    return status;
}
