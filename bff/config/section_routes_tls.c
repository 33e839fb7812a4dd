/* routes.*.client_certificate: routes only for clients that have shown a certificate. */
#include "bff/config/kind.h"
#include "bff/proxy/plain_route.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, member)

static void need_read(struct settings_input *input)
{
    static const char *const words[] = {"optional", "required", NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(bool *)input->member = which == 1;
}

static const struct settings_kind kind = {.read = need_read};

static const struct setting rows[] = {
    {"routes.*.client_certificate", &kind, OF(needs_certificate), .normal = "optional",
     .about = "required: only clients whose certificate tls.client has verified"},
    {0},
};

/* Nobody else may write the header with the subject. */
static void header_check(struct settings *settings, size_t index)
{
    const struct config *config = settings->config;

    if (!plain_route_changes(&config->routes.rows[index].request, config->tls_more.clients.header))
        return;
    settings_complain(settings,
                      settings_is_given(settings, "routes.*.request_headers.set", index)
                          ? "routes.*.request_headers.set"
                          : "routes.*.request_headers.remove",
                      index, "the subject of clients is in this header (tls.client.header)");
}

static void check(struct settings *settings)
{
    const struct config *config = settings->config;
    bool is_off = config->tls_more.clients.verify == SERVER_CLIENTS_OFF;

    for (size_t i = 0; i < config->routes.count; i++) {
        const struct plain_route *route = &config->routes.rows[i];
        if (!is_off)
            header_check(settings, i);
        if (route->needs_certificate && is_off)
            settings_complain(settings, "routes.*.client_certificate", i,
                              "no client has one: tls.client.verify is off");
    }
}

const struct section section_routes_tls = {
    .rows = rows, .items = &section_routes_items, .check = check};
