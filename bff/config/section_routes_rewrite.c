/* routes: what is changed in the addresses that services send. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, rewrite.member)

static void domain_read(struct settings_input *input)
{
    struct plain_rewrite *rewrite = input->member;
    struct settings_input inner = *input;

    rewrite->on_domain = PLAIN_REWRITE_DOMAIN_KEEP;
    if (strcmp(input->text, "keep") == 0)
        return;
    rewrite->on_domain = PLAIN_REWRITE_DOMAIN_REMOVE;
    if (strcmp(input->text, "remove") == 0)
        return;
    rewrite->on_domain = PLAIN_REWRITE_DOMAIN_SET;
    inner.member = &rewrite->domain;
    kind_host.read(&inner);
    input->is_wrong = inner.is_wrong;
}

static const struct settings_kind domain_kind = {.read = domain_read};

static const struct setting rows[] = {
    {"routes.*.rewrite_location", &kind_bool, OF(locations), .normal = "true",
     .about = "Location, Content-Location and Refresh get the path that clients see"},
    {"routes.*.rewrite_cookies", &kind_bool, OF(cookies), .normal = "true",
     .about = "and so does the Path of cookies"},
    {"routes.*.cookie_domain", &domain_kind, offsetof(struct plain_route, rewrite),
     .normal = "keep", .about = "what becomes of the Domain of cookies: keep, remove, or a host"},
    {0},
};

const struct section section_routes_rewrite = {.rows = rows, .items = &section_routes_items};
