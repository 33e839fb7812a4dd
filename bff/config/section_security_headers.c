/* security_headers: header fields that tell browsers to be careful. Those of a route are in
 * section_routes_security.c. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, security.member)
#define PRELOAD_S ((uint64_t)365 * 24 * 60 * 60)

static const struct setting rows[] = {
    {"security_headers.pages", &kind_bool, OF(on_pages), .normal = "true",
     .about = "answers of this server itself have X-Content-Type-Options: nosniff"},
    {"security_headers.hsts.max_age", &kind_seconds, OF(max_age_s), 0, 10 * PRELOAD_S,
     .normal = "0s",
     .about =
         "how long browsers come by https only (Strict-Transport-Security); 0s: it is not sent"},
    {"security_headers.hsts.subdomains", &kind_bool, OF(has_subdomains), .normal = "false",
     .about = "and to all subdomains, too"},
    {"security_headers.hsts.preload", &kind_bool, OF(is_preloaded), .normal = "false",
     .about = "browsers may have the host in their own list"},
    {0},
};

static void hsts_check(struct settings *settings, const struct security_settings *security)
{
    if (security->max_age_s == 0 && (security->has_subdomains || security->is_preloaded))
        settings_complain(settings,
                          security->is_preloaded ? "security_headers.hsts.preload"
                                                 : "security_headers.hsts.subdomains",
                          0, "it needs max_age beside it, for example 8760h");
    else if (security->is_preloaded &&
             (security->max_age_s < PRELOAD_S || !security->has_subdomains))
        settings_complain(settings, "security_headers.hsts.preload", 0,
                          "the list of browsers takes a host only with max_age of 8760h at least, "
                          "and with subdomains: true");
}

static void check(struct settings *settings)
{
    struct security_settings *security = &settings->config->security;

    hsts_check(settings, security);
    if (security->max_age_s > 0)
        security->hsts = pool_print(settings->config->pool, "max-age=%u%s%s", security->max_age_s,
                                    security->has_subdomains ? "; includeSubDomains" : "",
                                    security->is_preloaded ? "; preload" : "");
}

const struct section section_security_headers = {.rows = rows, .check = check};
