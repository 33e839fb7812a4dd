/* routes.*.split: a route over several services, by weights. */
#include "bff/config/kind.h"
#include "bff/http/field.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct plain_route, member)
#define IN_ROW(member) offsetof(struct plain_split_row, member)
#define NEEDED 2 /* rows at the beginning of split_rows: the members that an item must have */
#define STICKY "off, user, ip or cookie:NAME"

static const struct setting split_rows[] = {
    {"routes.*.split.*.service", &kind_service, IN_ROW(service),
     .about = "a service that gets a share of the requests"},
    {"routes.*.split.*.weight", &kind_number, IN_ROW(weight), 0, PLAIN_SPLIT_WEIGHT_MAX,
     .about = "its share, in relation to the other weights; 0: it gets none"},
    {"routes.*.split.*.to", &kind_path, IN_ROW(to), .shown = "the route's",
     .about = "takes the place of path in what this service is asked for"},
    {0},
};

/* Reports the members that the item at value number ${at} must have and does not have. */
static void members_check(struct settings_input *input, size_t at)
{
    if (input->values->rows[at] == NULL)
        settings_refuse_value(input, at, "expected a mapping: {service: NAME, weight: 95}");
    for (size_t i = 0; i < NEEDED; i++)
        if (!settings_item_has(input->values, at, &split_rows[i]))
            settings_member_miss(input, at, &split_rows[i]);
}

static void rows_read(struct settings_input *input, struct plain_split *read)
{
    const struct settings_values *values = input->values;

    for (size_t i = 0; i < values->count; i++) {
        if (!settings_item_starts(values, i)) {
            settings_member_read(input, i, &read->rows[read->count - 1]);
            continue;
        }
        members_check(input, i);
        if (read->count == PLAIN_SPLIT_MAX) {
            settings_refuse(input, i, "expected at most %d services", PLAIN_SPLIT_MAX);
            return;
        }
        read->count++;
    }
}

static void split_read(struct settings_input *input)
{
    struct plain_split *split = input->member, read = {0};

    read.rows = pool_zero(input->config->pool, PLAIN_SPLIT_MAX * sizeof(*read.rows));
    rows_read(input, &read);
    if (input->is_wrong)
        return;
    split->rows = read.rows;
    split->count = read.count;
}

static void sticky_read(struct settings_input *input)
{
    static const char *const words[] = {"off", "user", "ip", NULL};
    static const enum plain_split_sticky known[] = {PLAIN_SPLIT_OFF, PLAIN_SPLIT_USER,
                                                    PLAIN_SPLIT_IP};
    struct plain_split *split = input->member;
    struct text rest = text_of(input->text);

    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(input->text, words[i]) == 0) {
            split->sticky = known[i];
            return;
        }
    if (!text_is(text_cut(&rest, ':'), "cookie") || !field_is_token(rest)) {
        settings_refuse_value(input, 0, "expected " STICKY);
        return;
    }
    split->sticky = PLAIN_SPLIT_COOKIE;
    split->cookie = pool_text(input->config->pool, rest);
}

static const struct settings_kind split_kind = {
    .read = split_read, .is_list = true, .members = split_rows};
static const struct settings_kind sticky_kind = {.read = sticky_read};

static const struct setting rows[] = {
    {"routes.*.split", &split_kind, OF(split), .shown = "none",
     .about = "in place of service: several of them, each with a weight"},
    {"routes.*.sticky", &sticky_kind, OF(split), .normal = "off",
     .about = "who gets the same service of a split again: " STICKY},
    {0},
};

static void targets_check(struct settings *settings, size_t index)
{
    const struct plain_route *route = &settings->config->routes.rows[index];

    for (size_t i = 0; i < route->split.count; i++) {
        struct text to = route->split.rows[i].to;
        if (to.at != NULL && text_ends(route->path, '/') && !text_ends(to, '/'))
            settings_complain(settings, "routes.*.split", index,
                              "\"%.*s\" must end with / as the path does", TEXT_SHOWN(to));
    }
}

static void weights_check(struct settings *settings, size_t index)
{
    const struct plain_split *split = &settings->config->routes.rows[index].split;
    unsigned sum = 0;

    for (size_t i = 0; i < split->count; i++)
        sum += split->rows[i].weight;
    if (split->count > 0 && sum == 0)
        settings_complain(settings, "routes.*.split", index,
                          "every weight is 0, so no service gets the requests");
}

static void repeated_check(struct settings *settings, size_t index)
{
    const struct plain_split *split = &settings->config->routes.rows[index].split;

    for (size_t i = 0; i < split->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct plain_split_row *a = &split->rows[i], *b = &split->rows[j];
            if (a->service == b->service && text_equal(a->to, b->to) &&
                (a->to.at == NULL) == (b->to.at == NULL))
                settings_complain(settings, "routes.*.split", index,
                                  "service %s is listed twice with the same to", a->service->name);
        }
}

static void sticky_check(struct settings *settings, size_t index)
{
    const struct plain_split *split = &settings->config->routes.rows[index].split;

    if (split->count == 0 && settings_is_given(settings, "routes.*.sticky", index) &&
        !settings_mark(settings, "routes.*.split", index)->is_wrong)
        settings_complain(settings, "routes.*.sticky", index, "it needs split beside it");
    if (split->sticky == PLAIN_SPLIT_USER && settings->config->login_is_off)
        settings_complain(settings, "routes.*.sticky", index,
                          "login is off, so no request has a user");
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->routes.count; i++) {
        weights_check(settings, i);
        repeated_check(settings, i);
        targets_check(settings, i);
        sticky_check(settings, i);
    }
}

const struct section section_routes_split = {
    .rows = rows, .items = &section_routes_items, .check = check};
