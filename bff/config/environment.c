/* See environment.h. */
#include <stdlib.h>
#include <unistd.h>

#include "bff/config/section.h"
#include "bff/base/suggest.h"

#include "bff/config/environment.h"

#define OWN_MAX 64      /* names of ours */
#define LETTERS_WRONG 2 /* a name that is further away is another one */

/* The names of our variables. */
struct own {
    const char *names[OWN_MAX];
    size_t count;
};

static void variable_set(struct settings *settings, const struct setting *row)
{
    const char *value = row->environment == NULL ? NULL : getenv(row->environment);

    if (value == NULL || *value == '\0')
        return;
    if (!row->file_wins || !settings_is_given(settings, row->path, 0))
        settings_set_one(settings, row->path, 0, value, (struct place){.source = row->environment});
}

void environment_set(struct settings *settings)
{
    for (const struct section *const *at = section_list; *at != NULL; at++) {
        if ((*at)->environment != NULL)
            (*at)->environment(settings);
        for (const struct setting *row = (*at)->rows; row->path != NULL; row++)
            variable_set(settings, row);
    }
}

static void own_add(struct own *own, const char *name)
{
    if (name != NULL && own->count < OWN_MAX)
        own->names[own->count++] = name;
}

static void own_collect(const struct config *config, struct own *own)
{
    for (const struct section *const *at = section_list; *at != NULL; at++)
        for (const struct setting *row = (*at)->rows; row->path != NULL; row++)
            own_add(own, row->environment);
    for (size_t i = 0; i < config->service_count; i++)
        own_add(own, config->services[i].service->environment);
}

static bool ends(struct text text, struct text end)
{
    return text.len >= end.len &&
           text_equal_nocase((struct text){text.at + text.len - end.len, end.len}, end);
}

static bool starts(struct text text, struct text start)
{
    return text.len >= start.len && text_equal_nocase((struct text){text.at, start.len}, start);
}

/* "USERS_URL" has the words "USERS_" and "_URL". USERS_URL_2, USERS_API_URL and user_url are like
 * it. */
static bool is_like(struct text name, struct text own)
{
    const char *first = memchr(own.at, '_', own.len), *last = memrchr(own.at, '_', own.len);

    if (suggest_distance(name, own) <= LETTERS_WRONG)
        return true;
    if (first == NULL)
        return false;
    struct text begin = {own.at, (size_t)(first - own.at) + 1};
    struct text end = {last, own.len - (size_t)(last - own.at)};
    bool has_more = starts(name, own) && name.at[own.len] == '_';
    return has_more || (name.len > own.len && starts(name, begin) && ends(name, end));
}

/* Which of ours ${name} looks like; NULL: none, or it is one of ours, or the file uses it. */
static const char *meant(const struct settings *settings, const struct own *own, struct text name)
{
    const char *found = NULL;

    for (size_t i = 0; i < settings->variables.count; i++)
        if (text_is(name, settings->variables.at[i]))
            return NULL;
    for (size_t i = 0; i < own->count; i++) {
        if (text_is(name, own->names[i]))
            return NULL;
        if (found == NULL && is_like(name, text_of(own->names[i])))
            found = own->names[i];
    }
    return found;
}

void environment_check(struct settings *settings)
{
    struct own own = {.count = 0};

    own_collect(settings->config, &own);
    for (char **variable = environ; *variable != NULL; variable++) {
        struct text rest = text_of(*variable), name = text_cut(&rest, '=');
        const char *near = meant(settings, &own, name);
        if (near == NULL)
            continue;
        struct place place = {.source = pool_text(settings->pool, name).at};
        mistakes_add(&settings->config->warnings, &place,
                     "this variable is not read; did you mean %s?", near);
    }
}
