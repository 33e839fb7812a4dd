/* See settings.h. */
#include <stdarg.h>
#include <stdio.h>

#include "bff/base/check.h"
#include "bff/base/text.h"

#include "bff/config/settings.h"

#define PATH_SIZE 128
#define WORDS_SIZE 1024
#define SHOWN_MAX 100 /* bytes of a value in a message */

const struct setting settings_item_begin = {.path = ""};

/* A row and the group of its section. */
struct known {
    struct settings_group *group;
    const struct setting *row;
};

static const struct setting *find_row(const struct setting *rows, const char *path)
{
    for (; rows != NULL && rows->path != NULL; rows++)
        if (strcmp(rows->path, path) == 0)
            return rows;
    return NULL;
}

static struct known find(const struct settings *settings, const char *path)
{
    for (size_t i = 0; i < settings->group_count; i++) {
        struct settings_group *group = &settings->groups[i];
        const struct setting *row = find_row(group->section->rows, path);
        if (row != NULL)
            return (struct known){group, row};
    }
    return (struct known){0};
}

static struct known find_known(const struct settings *settings, const char *path)
{
    struct known known = find(settings, path);

    must(known.row != NULL);
    return known;
}

const struct setting *settings_find(const struct settings *settings, const char *path)
{
    return find(settings, path).row;
}

struct settings_group *settings_group_of(const struct settings *settings,
                                         const struct section *section)
{
    size_t i = 0;

    while (i < settings->group_count && settings->groups[i].section != section)
        i++;
    must(i < settings->group_count);
    return &settings->groups[i];
}

static struct settings_mark *mark_of(struct known known, size_t index)
{
    size_t number = (size_t)(known.row - known.group->section->rows);

    must(index < known.group->count);
    return &known.group->marks[number * known.group->count + index];
}

struct settings_mark *settings_mark(const struct settings *settings, const char *path, size_t index)
{
    return mark_of(find_known(settings, path), index);
}

bool settings_is_given(const struct settings *settings, const char *path, size_t index)
{
    return settings_mark(settings, path, index)->place.source != NULL;
}

/* The value that a mistake or a warning is about. */
struct about {
    struct known known;
    size_t index;  /* of the item */
    size_t number; /* of the item of a list with members */
    const struct place *place;
};

/* Writes the path of the row to ${out}, with names or numbers of items instead of "*". */
static void path_print(const struct config *config, const struct about *about, char out[PATH_SIZE])
{
    const struct settings_items *items = about->known.group->section->items;
    const char *path = about->known.row->path;
    const char *rest = items == NULL ? path : path + strlen(items->path) + sizeof(".*") - 1;
    const char *star = strstr(rest, ".*"), *tail = star == NULL ? "" : star + sizeof(".*") - 1;
    int head = star == NULL ? (int)strlen(rest) : (int)(star - rest);
    char number[sizeof("[18446744073709551615]")] = "";

    if (star != NULL)
        snprintf(number, sizeof(number), "[%zu]", about->number);
    if (items == NULL)
        snprintf(out, PATH_SIZE, "%.*s%s%s", head, rest, number, tail);
    else if (items->name != NULL)
        snprintf(out, PATH_SIZE, "%s.%s%.*s%s%s", items->path, items->name(config, about->index),
                 head, rest, number, tail);
    else
        snprintf(out, PATH_SIZE, "%s[%zu]%.*s%s%s", items->path, about->index, head, rest, number,
                 tail);
}

/* Adds a line to ${list}. If the place is a line of a file, the path of the setting is added to the
 * words. A place that is a variable or an option already names the setting. */
static void add(struct settings *settings, struct mistakes *list, struct about about,
                const char *format, va_list arguments)
{
    char path[PATH_SIZE], words[WORDS_SIZE];
    bool is_named = about.place->source != NULL && about.place->line == 0;

    path_print(settings->config, &about, path);
    vsnprintf(words, sizeof(words), format, arguments);
    if (is_named)
        mistakes_add(list, about.place, "%s", words);
    else
        mistakes_add_setting(list, about.place, path, words);
}

static struct about about_member(const struct settings *settings, const char *path, size_t index)
{
    struct known known = find_known(settings, path);

    return (struct about){known, index, 0, &mark_of(known, index)->place};
}

void settings_complain(struct settings *settings, const char *path, size_t index,
                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(settings, &settings->config->mistakes, about_member(settings, path, index), format,
        arguments);
    va_end(arguments);
}

void settings_warn(struct settings *settings, const char *path, size_t index, const char *format,
                   ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(settings, &settings->config->warnings, about_member(settings, path, index), format,
        arguments);
    va_end(arguments);
}

void settings_refuse(struct settings_input *input, size_t which, const char *format, ...)
{
    const struct setting *row = input->list == NULL ? input->row : input->list;
    struct about about = {find_known(input->settings, row->path), input->index, input->number,
                          &input->values->places[which]};
    va_list arguments;

    about.known.row = input->row;
    va_start(arguments, format);
    add(input->settings, &input->config->mistakes, about, format, arguments);
    va_end(arguments);
    input->is_wrong = true;
}

/* Returns how much of ${value} a message may show; 0: nothing. A value with '@' may have a
 * password, and the query of a URL may have a key. */
static int shown_len(const char *value)
{
    const char *rest = strstr(value, "://");
    size_t len = rest == NULL ? strlen(value) : strcspn(value, "?");

    if (strchr(value, '@') != NULL)
        return 0;
    return len > SHOWN_MAX ? SHOWN_MAX : (int)len;
}

void settings_refuse_value(struct settings_input *input, size_t which, const char *words)
{
    const char *value = input->values->texts[which];
    int len = shown_len(value);

    if (len == 0 && value[0] != '\0')
        settings_refuse(input, which, "%s", words);
    else
        settings_refuse(input, which, "\"%.*s\": %s", len, value, words);
}

static void *member_of(struct config *config, struct known known, size_t index)
{
    const struct settings_items *items = known.group->section->items;
    char *owner = items == NULL ? (char *)config : items->at(config, index);

    return owner + known.row->offset;
}

static void known_set(struct settings *settings, struct known known, size_t index,
                      const struct settings_values *values)
{
    struct settings_mark *mark = mark_of(known, index);
    struct settings_input input = {
        .config = settings->config,
        .row = known.row,
        .member = member_of(settings->config, known, index),
        .values = values,
        .text = values->texts[0],
        .settings = settings,
        .index = index,
    };

    must(values->count > 0);
    must(values->count == 1 || known.row->kind->is_list || known.row->kind->is_mapping);
    known.row->kind->read(&input);
    if (input.is_wrong) {
        mark->is_wrong = true;
        return;
    }
    struct place *places = pool_take(settings->pool, values->count * sizeof(*places));
    memcpy(places, values->places, values->count * sizeof(*places));
    mark->places = places;
    mark->place = places[0];
}

void settings_set(struct settings *settings, const char *path, size_t index,
                  const struct settings_values *values)
{
    known_set(settings, find_known(settings, path), index, values);
}

void settings_set_one(struct settings *settings, const char *path, size_t index, const char *text,
                      struct place place)
{
    settings_set(settings, path, index,
                 &(struct settings_values){.texts = {text}, .places = {place}, .count = 1});
}

/* Returns ${input} for the member ${row} of the item to which value number ${which} belongs. */
static struct settings_input member_input(const struct settings_input *input, size_t which,
                                          const struct setting *row)
{
    struct settings_input inner = *input;

    inner.row = row;
    inner.list = input->row;
    inner.number = input->values->items[which];
    return inner;
}

void settings_member_read(struct settings_input *input, size_t which, void *item)
{
    const struct settings_values *values = input->values;
    const struct setting *row = values->rows[which];
    struct settings_values one = {
        .texts = {values->texts[which]}, .places = {values->places[which]}, .count = 1};
    struct settings_input inner = member_input(input, which, row);

    inner.member = (char *)item + row->offset;
    inner.values = &one;
    inner.text = one.texts[0];
    inner.is_wrong = false;
    row->kind->read(&inner);
    input->is_wrong = input->is_wrong || inner.is_wrong;
}

bool settings_item_starts(const struct settings_values *values, size_t which)
{
    return values->rows[which] == NULL || values->rows[which] == &settings_item_begin;
}

bool settings_item_has(const struct settings_values *values, size_t which,
                       const struct setting *row)
{
    if (values->rows[which] == NULL)
        return true;
    for (size_t i = which + 1; i < values->count && !settings_item_starts(values, i); i++)
        if (values->rows[i] == row)
            return true;
    return false;
}

void settings_member_miss(struct settings_input *input, size_t which, const struct setting *row)
{
    struct settings_input inner = member_input(input, which, row);

    settings_refuse(&inner, which, "it is missing");
    input->is_wrong = true;
}

static void defaults_set(struct settings *settings, struct settings_group *group)
{
    size_t mistakes = settings->config->mistakes.count;

    for (const struct setting *row = group->section->rows; row->path != NULL; row++)
        for (size_t i = 0; i < group->count && row->normal != NULL; i++)
            known_set(settings, (struct known){group, row}, i,
                      &(struct settings_values){.texts = {row->normal}, .count = 1});
    must(settings->config->mistakes.count == mistakes);
}

static void group_begin(struct settings *settings, struct settings_group *group, size_t count)
{
    size_t rows = 0;

    while (group->section->rows[rows].path != NULL)
        rows++;
    group->count = count;
    if (group->begins == NULL)
        group->begins = pool_zero(settings->pool, (count + 1) * sizeof(*group->begins));
    group->marks = pool_zero(settings->pool, (rows * count + 1) * sizeof(*group->marks));
    defaults_set(settings, group);
}

void settings_make(struct settings *settings, const struct settings_items *items, size_t count,
                   bool is_given)
{
    must(count <= items->most);
    size_t all = count + (items->spare == NULL ? 0 : items->spare(settings->config));
    struct place *begins = pool_zero(settings->pool, (all + 1) * sizeof(*begins));
    items->make(settings->config, count);
    for (size_t i = 0; i < settings->group_count; i++) {
        struct settings_group *group = &settings->groups[i];
        if (group->section->items != items)
            continue;
        must(group->begins == NULL);
        group->begins = begins;
        group->is_given = is_given;
        group_begin(settings, group, all);
    }
}

/* True when the items are known before the file is read. */
static bool is_made_before(const struct settings_items *items)
{
    return items == NULL || (items->name != NULL && items->rename == NULL);
}

static size_t all_of(const struct settings_items *items, const struct config *config)
{
    if (items == NULL)
        return 1;
    return items->count(config) + (items->spare == NULL ? 0 : items->spare(config));
}

void settings_begin(struct settings *settings, struct config *config,
                    const struct section *const *sections)
{
    *settings = (struct settings){.config = config, .pool = pool_new()};
    while (sections[settings->group_count] != NULL)
        settings->group_count++;
    settings->groups = pool_zero(settings->pool, settings->group_count * sizeof(*settings->groups));
    for (size_t i = 0; i < settings->group_count; i++) {
        struct settings_group *group = &settings->groups[i];
        group->section = sections[i];
        if (sections[i]->begin != NULL)
            sections[i]->begin(config, config->build);
        if (is_made_before(sections[i]->items))
            group_begin(settings, group, all_of(sections[i]->items, config));
    }
}

void settings_end(struct settings *settings)
{
    pool_free(settings->pool);
    *settings = (struct settings){0};
}
