/* See settings_file_items.h. */
#include "bff/config/settings_file_items.h"

size_t settings_file_items_find(const struct config *config, const struct settings_items *items,
                                struct text name)
{
    size_t count = items->count(config), index = 0;

    while (index < count && !text_is(name, items->name(config, index)))
        index++;
    return index;
}

/* Returns the first group whose items are in the mapping ${name} and may be added to; NULL: there
 * is none. */
static struct settings_group *group_find(const struct settings *settings, struct text name)
{
    for (size_t i = 0; i < settings->group_count; i++) {
        const struct settings_items *items = settings->groups[i].section->items;
        if (items != NULL && items->add != NULL && text_is(name, items->path))
            return &settings->groups[i];
    }
    return NULL;
}

static void item_add(struct settings *settings, struct settings_group *group, struct text name,
                     struct place place)
{
    const struct settings_items *items = group->section->items;
    size_t index = items->count(settings->config);

    if (name.at != NULL && index < group->count &&
        settings_file_items_find(settings->config, items, name) == index &&
        items->add(settings->config, name) == NULL)
        group->begins[index] = place;
}

void settings_file_items_add(struct settings *settings, struct document *document)
{
    if (document->root->type != YAML_MAPPING_NODE)
        return;
    const yaml_node_pair_t *pair = document->root->data.mapping.pairs.start;
    for (; pair < document->root->data.mapping.pairs.top; pair++) {
        struct text name = document_text(document_node(document, pair->key));
        const yaml_node_t *value = document_node(document, pair->value);
        struct settings_group *group = name.at == NULL ? NULL : group_find(settings, name);
        if (group == NULL || value->type != YAML_MAPPING_NODE)
            continue;
        const yaml_node_pair_t *item = value->data.mapping.pairs.start;
        for (; item < value->data.mapping.pairs.top; item++) {
            const yaml_node_t *key = document_node(document, item->key);
            item_add(settings, group, document_text(key), document_place(document, key));
        }
    }
}
