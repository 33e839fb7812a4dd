/* routes.*.allow and routes.*.deny: which networks may use a route. */
#include "bff/config/kind.h"
#include "bff/proxy/plain_route.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, network.member)

static void networks_read(struct settings_input *input)
{
    struct trusted *networks = input->member;

    networks->networks = kind_networks(input);
    networks->count = networks->networks == NULL ? 0 : input->values->count;
}

static const struct settings_kind networks_kind = {.read = networks_read, .is_list = true};

static const struct setting rows[] = {
    {"routes.*.allow", &networks_kind, OF(allow), .shown = "all",
     .about = "only clients in these networks: 10.0.0.0/8 or an address"},
    {"routes.*.deny", &networks_kind, OF(deny), .shown = "none",
     .about = "no clients in these networks; it counts more than allow"},
    {0},
};

const struct section section_routes_network = {.rows = rows, .items = &section_routes_items};
