/* routes: what a route changes in requests and answers. section_routes_transform_check.c has the
 * checks. */
#include "bff/config/kind.h"
#include "bff/proxy/plain_pattern.h"

#include "bff/config/section.h"
#include "bff/config/section_routes_transform_check.h"

#define OF(member) offsetof(struct plain_route, transform.member)

/* Pairs of a mapping, and items of a list, which have no value. */

static struct plain_field pair_of(const struct settings_input *input, size_t which)
{
    struct text value = text_of(input->values->texts[which]), name = text_cut(&value, '\n');

    return (struct plain_field){pool_text(input->config->pool, name),
                                value.at == NULL ? value : pool_text(input->config->pool, value)};
}

static bool is_repeated(const struct plain_fields *fields, struct text name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (text_equal(fields->rows[i].name, name))
            return true;
    return false;
}

static void pairs_read(struct settings_input *input,
                       const char *(*words_of)(struct plain_field *pair, struct pool *pool))
{
    struct plain_fields *fields = input->member, made = {.count = 0};

    made.rows = pool_zero(input->config->pool, input->values->count * sizeof(*made.rows));
    for (size_t i = 0; i < input->values->count; i++) {
        struct plain_field pair = pair_of(input, i);
        const char *words = words_of == NULL ? NULL : words_of(&pair, input->config->pool);
        if (words == NULL && is_repeated(&made, pair.name))
            words = "it stands here twice";
        if (words != NULL)
            settings_refuse(input, i, "\"%.*s\": %s", TEXT_SHOWN(pair.name), words);
        made.rows[made.count++] = pair;
    }
    if (!input->is_wrong)
        *fields = made;
}

/* Header fields. Their types and codings say how a body is read, so they keep their names. */

static const char *field_words(struct plain_field *pair, struct pool *pool)
{
    static const char *const fixed[] = {"content-type", "content-encoding", "set-cookie", "vary",
                                        "etag"};
    const char *words = kind_field_words(pair->name);

    if (words == NULL)
        words = kind_field_words(pair->value);
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]) && words == NULL; i++)
        if (text_equal_nocase(pair->name, text_of(fixed[i])) ||
            text_equal_nocase(pair->value, text_of(fixed[i])))
            words = "the meaning of this header depends on its name";
    if (words != NULL)
        return words;
    *pair = (struct plain_field){kind_lower(pool, pair->name), kind_lower(pool, pair->value)};
    return NULL;
}

static void names_read(struct settings_input *input) { pairs_read(input, field_words); }

/* The query. */

static const char *parameter_words(struct plain_field *pair, struct pool *pool)
{
    return pair->name.len > 0 ? NULL : "expected the name of a parameter";
}

static void query_read(struct settings_input *input) { pairs_read(input, parameter_words); }

/* The path and the method. */

static void path_read(struct settings_input *input)
{
    const char *words = plain_pattern_words(text_of(input->text));

    kind_path.read(input);
    if (words != NULL)
        settings_refuse_value(input, 0, words);
}

static void method_read(struct settings_input *input)
{
    static const char *const words[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};

    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(input->text, words[i]) == 0) {
            *(struct text *)input->member = text_of(words[i]);
            return;
        }
    settings_refuse_value(input, 0, "expected one of GET, POST, PUT, PATCH and DELETE");
}

/* Statuses. */

/* Returns a status from 200 to 599 that may change or be the new one; 0 for any other text. 206 and
 * 304 are about a body that the client has. */
static int status_of(struct text text)
{
    uint64_t number;

    if (text_number(text, 599, &number) != 0 || number < 200 || number == 206 || number == 304)
        return 0;
    return (int)number;
}

static int class_of(struct text text)
{
    bool is_class = text.len == 3 && text.at[0] >= '2' && text.at[0] <= '5' &&
                    text_equal_nocase((struct text){text.at + 1, 2}, TEXT("xx"));

    return is_class ? text.at[0] - '0' : 0;
}

static void statuses_read(struct settings_input *input)
{
    struct plain_transform *transform = input->member; /* the row's offset is that of it */
    struct plain_status *made =
        pool_zero(input->config->pool, input->values->count * sizeof(*made));

    for (size_t i = 0; i < input->values->count; i++) {
        struct plain_field pair = pair_of(input, i);
        int is_class = class_of(pair.name), from = is_class != 0 ? is_class : status_of(pair.name);
        made[i] = (struct plain_status){from, status_of(pair.value)};
        if (from == 0)
            settings_refuse(input, i,
                            "\"%.*s\": expected a status such as 404, or 5xx; 206 and 304 "
                            "do not change",
                            TEXT_SHOWN(pair.name));
        else if (made[i].to == 0)
            settings_refuse(input, i,
                            "\"%.*s\": expected a status from 200 to 599, not 206 and 304",
                            TEXT_SHOWN(pair.value));
    }
    if (input->is_wrong)
        return;
    transform->statuses = made;
    transform->status_count = input->values->count;
}

/* Bodies. */

static void rules_read(struct settings_input *input, enum json_edit_action action)
{
    struct json_edit_rules **rules = input->member;

    if (*rules == NULL) {
        *rules = pool_zero(input->config->pool, sizeof(**rules));
        json_edit_rules_init(*rules, input->config->pool);
    }
    for (size_t i = 0; i < input->values->count; i++) {
        struct plain_field pair = pair_of(input, i);
        const char *words = json_edit_rules_add(*rules, action, pair.name, pair.value);
        if (words != NULL)
            settings_refuse(input, i, "%s", words);
    }
}

static void allow_read(struct settings_input *input) { rules_read(input, JSON_EDIT_ALLOW); }
static void deny_read(struct settings_input *input) { rules_read(input, JSON_EDIT_DENY); }
static void rename_read(struct settings_input *input) { rules_read(input, JSON_EDIT_RENAME); }
static void set_read(struct settings_input *input) { rules_read(input, JSON_EDIT_SET); }

static void other_read(struct settings_input *input)
{
    static const char *const words[] = {"refuse", "pass", NULL};
    int choice = kind_choice(input, words);

    if (choice >= 0)
        *(enum plain_other *)input->member = (enum plain_other)choice;
}

static void errors_read(struct settings_input *input)
{
    static const char *const words[] = {"change", "pass", NULL};
    int choice = kind_choice(input, words);

    if (choice >= 0)
        *(bool *)input->member = choice == 1;
}

static const struct settings_kind names_kind = {
    .read = names_read, .is_mapping = true, .pairs = SETTINGS_TEXTS};
static const struct settings_kind query_pairs_kind = {
    .read = query_read, .is_mapping = true, .pairs = SETTINGS_TEXTS};
static const struct settings_kind query_list_kind = {.read = query_read, .is_list = true};
static const struct settings_kind path_kind = {.read = path_read};
static const struct settings_kind method_kind = {.read = method_read};
static const struct settings_kind statuses_kind = {
    .read = statuses_read, .is_mapping = true, .pairs = SETTINGS_TEXTS};
static const struct settings_kind allow_kind = {.read = allow_read, .is_list = true};
static const struct settings_kind deny_kind = {.read = deny_read, .is_list = true};
static const struct settings_kind rename_kind = {
    .read = rename_read, .is_mapping = true, .pairs = SETTINGS_TEXTS};
static const struct settings_kind set_kind = {
    .read = set_read, .is_mapping = true, .pairs = SETTINGS_JSON};
static const struct settings_kind other_kind = {.read = other_read};
static const struct settings_kind errors_kind = {.read = errors_read};

static const struct setting rows[] = {
    {"routes.*.request_headers.rename", &names_kind, OF(request_names),
     .about = "headers that get another name on the way to the service: {X-Old: X-New}"},
    {"routes.*.response_headers.rename", &names_kind, OF(response_names),
     .about = "headers that get another name on the way back: {X-Old: X-New}"},
    {"routes.*.transform.request.path", &path_kind, OF(path), .shown = "to says it",
     .about = "what the service is asked for, with captures of the route's path: /v2/:id"},
    {"routes.*.transform.request.method", &method_kind, OF(method), .shown = "the client's",
     .about = "the method with which the service is asked"},
    {"routes.*.transform.request.query.set", &query_pairs_kind, OF(query.set),
     .about = "parameters that are set: a mapping of names and values"},
    {"routes.*.transform.request.query.remove", &query_list_kind, OF(query.remove),
     .about = "parameters that are removed"},
    {"routes.*.transform.request.query.rename", &query_pairs_kind, OF(query.rename),
     .about = "parameters that get another name: {old: new}"},
    {"routes.*.transform.request.body.set", &set_kind, OF(request_body),
     .about = "JSON members that are set: a mapping of paths such as a.items[].b and values"},
    {"routes.*.transform.request.body.remove", &deny_kind, OF(request_body),
     .about = "JSON members that are removed: a list of paths"},
    {"routes.*.transform.request.body.rename", &rename_kind, OF(request_body),
     .about = "JSON members that get another name: a mapping of paths and names"},
    {"routes.*.transform.request.on_other", &other_kind, OF(request_other),
     .shown = "refuse with remove, else pass",
     .about = "what becomes of a body that is no JSON: refuse or pass"},
    {"routes.*.transform.response.status", &statuses_kind, offsetof(struct plain_route, transform),
     .about = "statuses that are changed: {404: 204, 5xx: 502}"},
    {"routes.*.transform.response.body.allow", &allow_kind, OF(response_body),
     .about = "JSON members that stay: a list of paths; all others are left out"},
    {"routes.*.transform.response.body.deny", &deny_kind, OF(response_body),
     .about = "JSON members that are left out: a list of paths"},
    {"routes.*.transform.response.body.rename", &rename_kind, OF(response_body),
     .about = "JSON members that get another name: a mapping of paths and names"},
    {"routes.*.transform.response.body.set", &set_kind, OF(response_body),
     .about = "JSON members that are set: a mapping of paths and values"},
    {"routes.*.transform.response.errors", &errors_kind, OF(passes_errors), .normal = "change",
     .about = "the bodies of answers with 400 or more: change or pass"},
    {"routes.*.transform.response.on_other", &other_kind, OF(response_other),
     .shown = "refuse with allow or deny, else pass",
     .about = "what becomes of a body that is no JSON: refuse or pass"},
    {0},
};

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->routes.count; i++)
        section_routes_transform_check(settings, i);
}

const struct section section_routes_transform = {
    .rows = rows, .items = &section_routes_items, .check = check};
