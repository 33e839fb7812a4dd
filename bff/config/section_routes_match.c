/* routes: conditions by query and cookie. */
#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, member)
#define IN_FIELD(member) offsetof(struct plain_field, member)

static void parameter_read(struct settings_input *input)
{
    if (input->text[0] == '\0')
        settings_refuse_value(input, 0, "expected the name of a parameter");
    else
        kind_text.read(input);
}

static void cookie_read(struct settings_input *input)
{
    if (!field_is_token(text_of(input->text)))
        settings_refuse_value(input, 0, "expected the name of a cookie, such as canary");
    else
        kind_text.read(input);
}

/* A value may be empty, and any bytes: it is compared after decoding. */
static void value_read(struct settings_input *input)
{
    *(struct text *)input->member = pool_text(input->config->pool, text_of(input->text));
}

static const struct settings_kind value_kind = {.read = value_read};
static const struct settings_kind parameter_kind = {.read = parameter_read};
static const struct settings_kind cookie_kind = {.read = cookie_read};

static const struct setting query_rows[] = {
    {"routes.*.query.*.name", &parameter_kind, IN_FIELD(name),
     .about = "only requests with this parameter in the query"},
    {"routes.*.query.*.value", &value_kind, IN_FIELD(value), .shown = "any",
     .about = "and exactly this value of it, after decoding"},
    {0},
};

static const struct setting cookie_rows[] = {
    {"routes.*.cookie.*.name", &cookie_kind, IN_FIELD(name),
     .about = "only requests with this cookie"},
    {"routes.*.cookie.*.value", &value_kind, IN_FIELD(value), .shown = "any",
     .about = "and exactly this value of it"},
    {0},
};

/* An item that is no mapping is a name. */
static void item_read(struct settings_input *input, size_t at, struct plain_field *field)
{
    struct settings_values one = {
        .texts = {input->values->texts[at]}, .places = {input->values->places[at]}, .count = 1};
    const struct setting *name = input->row->kind->members;
    struct settings_input inner = *input;

    if (!settings_item_has(input->values, at, name))
        settings_member_miss(input, at, name);
    if (input->values->rows[at] != NULL)
        return;
    inner.member = &field->name;
    inner.values = &one;
    inner.text = one.texts[0];
    inner.is_wrong = false;
    name->kind->read(&inner);
    input->is_wrong = input->is_wrong || inner.is_wrong;
}

static void fields_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct plain_fields read = {.count = 0};

    read.rows = pool_zero(input->config->pool, values->count * sizeof(*read.rows));
    for (size_t i = 0; i < values->count; i++)
        if (settings_item_starts(values, i))
            item_read(input, i, &read.rows[read.count++]);
        else
            settings_member_read(input, i, &read.rows[read.count - 1]);
    if (!input->is_wrong)
        *(struct plain_fields *)input->member = read;
}

static const struct settings_kind query_kind = {
    .read = fields_read, .is_list = true, .members = query_rows};
static const struct settings_kind cookies_kind = {
    .read = fields_read, .is_list = true, .members = cookie_rows};

static const struct setting rows[] = {
    {"routes.*.query", &query_kind, OF(match.query), .shown = "any",
     .about = "only requests with these parameters: {name, value}, a name, or a list"},
    {"routes.*.cookie", &cookies_kind, OF(match.cookie), .shown = "any",
     .about = "only requests with these cookies: {name, value}, a name, or a list"},
    {0},
};

const struct section section_routes_match = {.rows = rows, .items = &section_routes_items};
