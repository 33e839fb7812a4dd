/* session.login: the login of a service, which answers with tokens. They stay here. */
#include "bff/config/kind.h"
#include "bff/http/own_path.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, session.login.member)

/* Off takes all members of the mapping away. */
static void login_read(struct settings_input *input)
{
    bool is_off = false;
    struct settings_input inner = *input;

    inner.member = &is_off;
    kind_off.read(&inner);
    input->is_wrong = inner.is_wrong;
    if (is_off)
        *(struct session_login_settings *)input->member = (struct session_login_settings){0};
}

static const struct settings_kind login_kind = {.read = login_read};

static const struct setting rows[] = {
    {"session.login", &login_kind, offsetof(struct config, session.login),
     .about = "the login of a service that answers with tokens; or off"},
    {"session.login.path", &kind_path, OF(path), .normal = "/api/auth/login",
     .about = "POST to this path is the login"},
    {"session.login.token", &kind_member, OF(token), .normal = "token",
     .about = "the member of its answer with the access token: a.b is b of a"},
    {"session.login.refresh_token", &kind_member, OF(refresh_token), .normal = "refreshToken",
     .about = "the member with the refresh token, which may be missing"},
    {"session.login.expires_in", &kind_member, OF(expires_in), .normal = "expiresIn",
     .about = "the member with the seconds until the access token ends; else its exp says it"},
    {"session.login.refresh", &kind_no_pointer, OF(refresh_service),
     .about = "who renews the access token; or off"},
    {"session.login.refresh.service", &kind_service, OF(refresh_service),
     .shown = "users, if there is one", .about = "the service that renews it"},
    {"session.login.refresh.path", &kind_path, OF(refresh_path), .normal = "/auth/refresh",
     .about = "POST to this path of the service renews it"},
    {"session.login.refresh.body", &kind_member, OF(refresh_body), .normal = "refreshToken",
     .about = "the member of the question with the refresh token"},
    {0},
};

/* The service of the web and mobile builds. A build without it has no refresh by default. */
static void begin(struct config *config, const struct bff_build *build)
{
    for (size_t i = 0; i < config->service_count; i++)
        if (strcmp(config->services[i].service->name, "users") == 0)
            config->session.login.refresh_service = config->services[i].service;
}

/* A list of routes takes the place of the build's own routes, and with them goes the way to the
 * login. */
static void route_warn(struct settings *settings)
{
    const struct config *config = settings->config;
    const struct text path = config->session.login.path;
    bool is_needed =
        config->session.provider_count == 0 || settings_is_given(settings, "session.login.path", 0);

    if (path.at == NULL || !is_needed)
        return;
    for (size_t i = 0; i < config->routes.count; i++) {
        const struct text route = config->routes.rows[i].path;
        bool is_prefix = route.len > 0 && route.at[route.len - 1] == '/';
        if (is_prefix ? text_starts(path, route) : text_equal(path, route))
            return;
    }
    settings_warn(settings, "session.login.path", 0,
                  "no route has the path %.*s, so nobody can sign in there; add a route to the "
                  "service, or default_routes: true",
                  TEXT_ARGS(path));
}

static void check(struct settings *settings)
{
    const struct config *config = settings->config;
    const struct session_login_settings *login = &config->session.login;

    if (!config->session.is_on)
        return;
    if (login->path.len > 0 && login->path.at[login->path.len - 1] == '/')
        settings_complain(settings, "session.login.path", 0,
                          "expected a whole path; one that ends with / is a prefix");
    if (login->path.at != NULL && own_path_is(login->path))
        settings_complain(settings, "session.login.path", 0, OWN_PATH_WORDS);
    if (login->path.at == NULL && config->session.provider_count == 0 &&
        !settings_mark(settings, "session.login.path", 0)->is_wrong)
        settings_complain(settings, "session.login", 0,
                          "nobody can sign in; expected session.login, or session.providers");
    route_warn(settings);
}

const struct section section_session_login = {.rows = rows, .begin = begin, .check = check};
