/* See config_file.h. */
#include <stdio.h>

#include "bff/config/names.h"
#include "bff/config/document.h"
#include "bff/config/expand.h"
#include "bff/config/suggest.h"
#include "bff/config/setting_value.h"
#include "bff/base/memory.h"
#include "bff/http/field.h"

#include "bff/config/config_file.h"

#define NAME_MAX_BYTES 64

/* A mapping on the way down. */
struct section {
    struct settings *settings;
    struct document *document;
    char path[SETTINGS_PATH_SIZE];  /* as the table has it: "services.*.timeout", "" at the top */
    char shown[SETTINGS_PATH_SIZE]; /* with the service's name */
    size_t index;                   /* of the service or the route */
};

static struct mistakes *mistakes_of(const struct section *section)
{
    return &section->settings->config->mistakes;
}

/* What stands in ${path} behind ${section}'s own path; absent when it is not below it. */
static struct text below(const struct section *section, const char *path)
{
    size_t len = strlen(section->path);
    struct text rest = text_of(path);

    if (len == 0)
        return rest;
    if (!text_starts(rest, text_of(section->path)) || rest.len <= len || rest.at[len] != '.')
        return (struct text){0};
    return (struct text){rest.at + len + 1, rest.len - len - 1};
}

static bool is_services(const struct section *section)
{
    return text_is(text_of(section->path), "services");
}

/* The list of routes; its items are "routes.*". */
static bool is_routes(const struct section *section)
{
    return text_is(text_of(section->path), "routes");
}

static void names_collect(const struct section *section, struct names *names)
{
    const struct config *config = section->settings->config;

    for (size_t i = 0; is_services(section) && i < config->service_count; i++)
        names_add(names, text_of(config->services[i].service->name));
    for (const struct setting *row = settings_table; row->path != NULL; row++) {
        struct text rest = below(section, row->path);
        if (rest.at != NULL && !is_services(section))
            names_add(names, text_cut(&rest, '.'));
    }
}

/* "services.users." for the names in it, "" at the top. */
static void complain(const struct section *section, const yaml_node_t *key, const char *words)
{
    struct place place = document_place(section->document, key);
    struct text name = document_text(key);

    if (name.len == 0)
        name = TEXT("(no name)");
    mistakes_add(mistakes_of(section), &place, "%s%s%.*s: %s", section->shown,
                 section->shown[0] == '\0' ? "" : ".", name.len > 64 ? 64 : (int)name.len, name.at,
                 words);
}

static void unknown(const struct section *section, const yaml_node_t *key)
{
    struct names names = {.count = 0};
    char known[NAMES_SIZE], words[NAMES_SIZE + 64];
    const char *what = is_services(section) ? "unknown service" : "unknown setting";

    names_collect(section, &names);
    names_join(&names, known);
    const char *near = suggest_name(document_text(key), names.at, names.count);
    if (near != NULL)
        snprintf(words, sizeof(words), "%s; did you mean \"%s\"?", what, near);
    else if (text_is(document_text(key), "<<"))
        snprintf(words, sizeof(words), "merge keys are not read; write the settings out");
    else
        snprintf(words, sizeof(words), "%s; expected %s", what, known);
    complain(section, key, words);
}

/* A scalar of ${key}'s value as a string; NULL when it is none, which has been told then. */
static char *scalar_read(const struct section *section, const yaml_node_t *key,
                         const yaml_node_t *node)
{
    struct text text = document_text(node);
    char wrong[EXPAND_WRONG_SIZE] = "expected one value";
    char *string = NULL;

    if (text.at != NULL && memchr(text.at, '\0', text.len + 1) != text.at + text.len)
        snprintf(wrong, sizeof(wrong), "it holds a NUL");
    else if (text.at != NULL)
        string = expand(text, wrong);
    else
        snprintf(wrong, sizeof(wrong), "expected one value, not a %s",
                 node->type == YAML_SEQUENCE_NODE ? "list" : "mapping");
    if (string == NULL) {
        struct place place = document_place(section->document, node);
        struct text name = document_text(key);
        mistakes_add(mistakes_of(section), &place, "%s%s%.*s: %s", section->shown,
                     section->shown[0] == '\0' ? "" : ".", TEXT_ARGS(name), wrong);
    }
    return string;
}

static int list_check(const struct section *section, const yaml_node_t *key, size_t count)
{
    char words[64];

    if (count > 0 && count <= SETTINGS_LIST_MAX)
        return 0;
    snprintf(words, sizeof(words), "expected 1 to %d values, not %zu", SETTINGS_LIST_MAX, count);
    complain(section, key, words);
    return -1;
}

static void values_add(struct settings_values *values, char *string, struct place place)
{
    values->places[values->count] = place;
    values->texts[values->count++] = string;
}

/* "name: value"; NULL when one of them is none, which has been told then. */
static char *field_read(const struct section *section, const yaml_node_t *name,
                        const yaml_node_t *node)
{
    struct text text = document_text(name);

    if (!field_is_token(text)) {
        complain(section, name, "expected the name of a header, such as X-Shop");
        return NULL;
    }
    char *value = scalar_read(section, name, node);
    if (value == NULL)
        return NULL;
    size_t size = text.len + strlen(value) + sizeof(": ");
    char *joined = memory_new(size);
    snprintf(joined, size, "%.*s: %s", TEXT_ARGS(text), value);
    memory_free(value);
    return joined;
}

/* A mapping of names and values. Returns how many there were to read, 0 when it is none. */
static size_t mapping_read(const struct section *section, const yaml_node_t *key,
                           const yaml_node_t *node, struct settings_values *values)
{
    struct section inner = *section;
    size_t shown = strlen(section->shown);

    if (node->type != YAML_MAPPING_NODE) {
        complain(section, key, "expected a mapping of names and values");
        return 0;
    }
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    size_t count = (size_t)(node->data.mapping.pairs.top - pair);
    if (list_check(section, key, count) != 0)
        return 0;
    snprintf(inner.shown + shown, sizeof(inner.shown) - shown, ".%.*s",
             TEXT_ARGS(document_text(key)));
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *name = document_node(section->document, pair[i].key);
        char *string = field_read(&inner, name, document_node(section->document, pair[i].value));
        if (string != NULL)
            values_add(values, string, document_place(section->document, name));
    }
    return count;
}

/* A list, or one scalar alone. Returns how many there were to read. */
static size_t list_read(const struct section *section, const yaml_node_t *key, yaml_node_t *node,
                        struct settings_values *values)
{
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    const yaml_node_item_t *items = is_list ? node->data.sequence.items.start : NULL;
    size_t count = is_list ? (size_t)(node->data.sequence.items.top - items) : 1;

    if (list_check(section, key, count) != 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *one = is_list ? document_node(section->document, items[i]) : node;
        char *string = scalar_read(section, key, one);
        if (string != NULL)
            values_add(values, string, document_place(section->document, one));
    }
    return count;
}

/* So that a file which names the secret's variable serves for mock mode, too. */
static bool is_secret_absent(const struct setting *row, const yaml_node_t *node)
{
    return row->type == SETTING_SECRET && expand_is_unset(document_text(node));
}

static void setting_read(const struct section *section, const struct setting *row,
                         const yaml_node_t *key, yaml_node_t *node)
{
    struct settings_values values = {.count = 0};
    size_t count = 1;
    char *string;

    if (document_is_null(node) || is_secret_absent(row, node))
        return;
    if (setting_value_is_mapping(row))
        count = mapping_read(section, key, node, &values);
    else if (setting_value_is_many(row))
        count = list_read(section, key, node, &values);
    else if ((string = scalar_read(section, key, node)) != NULL)
        values_add(&values, string, document_place(section->document, node));
    if (values.count > 0)
        settings_set(section->settings, row, section->index, &values);
    if (count == 0 || values.count < count)
        settings_mark(section->settings, row, section->index)->is_wrong = true;
    for (size_t i = 0; i < values.count; i++)
        memory_free((char *)values.texts[i]);
}

/* The section that ${name} opens; -1 when there is none of that name. */
static int section_open(const struct section *section, struct text name, struct section *out)
{
    const struct config *config = section->settings->config;
    const char *dot = section->path[0] == '\0' ? "" : ".";
    struct text own = name;

    *out = *section;
    if (is_services(section)) {
        size_t i = 0;
        while (i < config->service_count && !text_is(name, config->services[i].service->name))
            i++;
        if (i == config->service_count)
            return -1;
        out->index = i;
        own = TEXT("*");
    }
    if (name.len > NAME_MAX_BYTES)
        return -1;
    size_t path = strlen(section->path), shown = strlen(section->shown);
    snprintf(out->path + path, sizeof(out->path) - path, "%s%.*s", dot, TEXT_ARGS(own));
    snprintf(out->shown + shown, sizeof(out->shown) - shown, "%s%.*s", dot, TEXT_ARGS(name));
    for (const struct setting *row = settings_table; row->path != NULL; row++)
        if (below(out, row->path).at != NULL)
            return 0;
    return -1;
}

static const struct setting *row_find(const struct section *section, struct text name)
{
    for (const struct setting *row = settings_table; row->path != NULL; row++)
        if (!is_services(section) && text_equal(below(section, row->path), name))
            return row;
    return NULL;
}

/* The table is at most five deep, and only what it knows is walked: so deep is the recursion, and
 * an alias that holds itself ends. */
static void section_read(const struct section *section, yaml_node_t *node);

/* An item that is no mapping has been told, and nothing else is missing in it. */
static void route_read(const struct section *section, size_t index, yaml_node_t *node)
{
    struct settings *settings = section->settings;
    struct section inner = *section;

    inner.index = index;
    snprintf(inner.path, sizeof(inner.path), "routes.*");
    snprintf(inner.shown, sizeof(inner.shown), "routes[%zu]", index);
    settings->route_begins[index] = document_place(section->document, node);
    section_read(&inner, node);
    if (node->type == YAML_MAPPING_NODE || document_is_null(node))
        return;
    settings_mark(settings, settings_row("routes.*.path"), index)->is_wrong = true;
    settings_mark(settings, settings_row("routes.*.service"), index)->is_wrong = true;
}

static void routes_read(const struct section *section, yaml_node_t *node)
{
    struct settings *settings = section->settings;
    struct place place = document_place(section->document, node);
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    const yaml_node_item_t *items = is_list ? node->data.sequence.items.start : NULL;
    size_t count = is_list ? (size_t)(node->data.sequence.items.top - items) : 0;

    if (document_is_null(node))
        return;
    if (!is_list || count > SETTINGS_ROUTES_MAX) {
        mistakes_add(mistakes_of(section), &place, "routes: expected a list of at most %d routes",
                     SETTINGS_ROUTES_MAX);
        return;
    }
    settings->has_routes = true;
    settings_routes(settings, count);
    for (size_t i = 0; i < count && !mistakes_is_full(mistakes_of(section)); i++)
        route_read(section, i, document_node(section->document, items[i]));
}

static bool is_repeated(const struct section *section, const yaml_node_t *mapping,
                        const yaml_node_pair_t *pair)
{
    struct text name = document_text(document_node(section->document, pair->key));

    for (const yaml_node_pair_t *at = mapping->data.mapping.pairs.start; at < pair; at++)
        if (text_equal(document_text(document_node(section->document, at->key)), name))
            return true;
    return false;
}

static void pair_read(const struct section *section, const yaml_node_t *mapping,
                      const yaml_node_pair_t *pair)
{
    struct section inner;
    yaml_node_t *key = document_node(section->document, pair->key);
    yaml_node_t *value = document_node(section->document, pair->value);
    struct text name = document_text(key);
    /* "tls.key" is a path for people; in the file it is a mapping in a mapping. */
    bool is_name = name.len > 0 && memchr(name.at, '.', name.len) == NULL;
    const struct setting *row = is_name ? row_find(section, name) : NULL;
    /* "off" may stand where a section does. */
    bool may_be_section = is_name && (row == NULL || value->type == YAML_MAPPING_NODE);
    bool is_section = may_be_section && section_open(section, name, &inner) == 0;

    if (name.at == NULL)
        complain(section, key, "the name of a setting must be plain text");
    else if (row == NULL && !is_section)
        unknown(section, key);
    else if (is_repeated(section, mapping, pair))
        complain(section, key, "it stands here twice");
    else if (is_section && is_routes(&inner))
        routes_read(&inner, value);
    else if (is_section)
        section_read(&inner, value);
    else
        setting_read(section, row, key, value);
}

static void section_read(const struct section *section, yaml_node_t *node)
{
    struct names names = {.count = 0};
    char known[NAMES_SIZE];

    if (document_is_null(node))
        return;
    if (node->type != YAML_MAPPING_NODE) {
        struct place place = document_place(section->document, node);
        names_collect(section, &names);
        names_join(&names, known);
        mistakes_add(mistakes_of(section), &place, "%s%sexpected a mapping with some of: %s",
                     section->shown, section->shown[0] == '\0' ? "" : ": ", known);
        return;
    }
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top && !mistakes_is_full(mistakes_of(section)); pair++)
        pair_read(section, node, pair);
}

int config_file_read(struct settings *settings)
{
    struct document document;
    struct section top = {.settings = settings, .document = &document};

    document_load(&document, settings->config->file, &settings->config->mistakes);
    if (document.root != NULL)
        section_read(&top, document.root);
    bool is_loaded = document.is_loaded;
    document_free(&document);
    return is_loaded ? 0 : -1;
}
