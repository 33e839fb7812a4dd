/* routes.*.upload: how the bodies of requests go to the service. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, member)

static void upload_read(struct settings_input *input)
{
    static const char *const words[] = {"memory", "stream", "spool", NULL};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum plain_upload *)input->member = (enum plain_upload)which;
}

static const struct settings_kind upload_kind = {.read = upload_read};

static const struct setting rows[] = {
    {"routes.*.upload", &upload_kind, OF(upload), .normal = "memory",
     .about = "how a request's body goes to the service: memory, stream or spool"},
    {0},
};

/* Both need the whole body. */
static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->routes.count; i++) {
        const struct plain_route *route = &settings->config->routes.rows[i];
        if (route->upload == PLAIN_UPLOAD_MEMORY)
            continue;
        if (route->mirror.service != NULL)
            settings_complain(settings, "routes.*.upload", i, "a mirror needs upload: memory");
        if (route->transform.request_body != NULL)
            settings_complain(settings, "routes.*.upload", i,
                              "changes of the request's body need upload: memory");
    }
}

const struct section section_routes_upload = {
    .rows = rows, .items = &section_routes_items, .check = check};
