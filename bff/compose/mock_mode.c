/* See mock_mode.h. */
#include "bff/http/cookie.h"
#include "bff/http/field.h"
#include "bff/http/request.h"

#include "bff/compose/mock_mode.h"

static bool has_scenarios(const struct mock_mode *mode)
{
    return mode->mocks != NULL && mode->mock != NULL && mode->mocks->scenario_header != NULL;
}

static struct text of_cookie(const struct mock_mode *mode, struct request *request)
{
    if (mode->mocks->scenario_cookie == NULL)
        return (struct text){0};
    return cookie_find(request_header(request, "cookie"), text_of(mode->mocks->scenario_cookie));
}

struct text mock_mode_scenario(const struct mock_mode *mode, struct request *request)
{
    struct text name;

    if (!has_scenarios(mode))
        return (struct text){0};
    name = request_header(request, mode->mocks->scenario_header);
    if (name.at == NULL)
        name = of_cookie(mode, request);
    return name.at != NULL ? name : mode->mocks->scenario_current(mode->mock, request->pool);
}

struct text mock_mode_part_faults(const struct mock_mode *mode, struct request *request)
{
    struct text name = mock_mode_scenario(mode, request);

    if (name.at == NULL)
        return name;
    return mode->mocks->part_faults(mode->mock, name, request->pool);
}

struct text mock_mode_line(const struct mock_mode *mode, struct request *request)
{
    struct text name = mock_mode_scenario(mode, request);

    if (name.at == NULL || !field_is_value(name) ||
        request_header(request, mode->mocks->scenario_header).at != NULL)
        return (struct text){0};
    return pool_print(request->pool, "%s: %.*s\r\n", mode->mocks->scenario_header, TEXT_ARGS(name));
}

const char *mock_mode_fault_header(const struct mock_mode *mode)
{
    return mode->mocks == NULL ? NULL : mode->mocks->fault_header;
}

static bool is_fault_header(const struct mock_mode *mode, const char *name)
{
    const char *fault = mode->mocks->fault_header;

    return fault != NULL && strcmp(name, fault) == 0;
}

void mock_mode_put(const struct mock_mode *mode, struct request *request, struct text_builder *out)
{
    if (mode->mocks == NULL || mode->mocks->headers == NULL)
        return;
    for (const char *const *name = mode->mocks->headers; *name != NULL; name++) {
        struct text value = request_header(request, *name);
        if (value.at != NULL && field_is_value(value) && !is_fault_header(mode, *name))
            text_builder_field(out, text_of(*name), value);
    }
    text_builder_add(out, mock_mode_line(mode, request));
}

bool mock_mode_is_special(const struct mock_mode *mode, struct request *request)
{
    if (mode->mocks == NULL || mode->mocks->headers == NULL)
        return false;
    for (const char *const *name = mode->mocks->headers; *name != NULL; name++)
        if (request_header(request, *name).at != NULL)
            return true;
    return mock_mode_scenario(mode, request).at != NULL;
}
