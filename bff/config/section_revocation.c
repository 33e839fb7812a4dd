/* revocation: tokens and sessions that end before their time. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, revocation.member)

static const struct setting rows[] = {
    {"revocation", &kind_only_off, .shown = "off, unless there are sessions",
     .about = "tokens and sessions that are ended before their time; or off"},
    {"revocation.strict", &kind_bool, OF(is_strict), .normal = "false",
     .about = "true: while Redis is away, nobody with a token or a session is served"},
    {"revocation.keep", &kind_seconds, OF(keep_s), 1, 744 * 3600, .normal = "24h",
     .about = "how long a revocation is kept: at least as long as tokens are good"},
    {0},
};

static void check(struct settings *settings)
{
    struct config *config = settings->config;
    const struct settings_mark *mark = settings_mark(settings, "revocation", 0);
    bool is_off = mark->place.source != NULL;

    config->revocation.is_on = mark->is_open || (config->session.is_on && !is_off);
    if (config->revocation.is_strict && !config->redis.is_on)
        settings_warn(settings, "revocation.strict", 0,
                      "it has no effect: there is no Redis, so all revocations are known");
    if (mark->is_open && config->admin == NULL && !config->redis.is_on && !config->session.is_on)
        mistakes_add(&config->warnings, &mark->seen,
                     "revocation: nobody can revoke a token: there are no admin pages and no "
                     "Redis; expected admin.listen, or redis.url");
}

const struct section section_revocation = {.rows = rows, .check = check};
