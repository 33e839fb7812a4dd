/* Switches, and text that is kept as it is. */
#include <stdio.h>

#include "bff/base/memory.h"

#include "bff/config/kind.h"

static int bool_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    bool is_good = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;

    return setting_judge(wrong, text, is_good ? NULL : "expected true or false");
}

static void bool_set(const struct setting *row, struct config *config, void *member,
                     const struct settings_values *values)
{
    *(bool *)member = strcmp(values->texts[0], "true") == 0;
}

static int off_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_judge(wrong, text,
                         strcmp(text, "off") == 0 ? NULL
                                                  : "expected off, or a mapping of its settings");
}

static void off_set(const struct setting *row, struct config *config, void *member,
                    const struct settings_values *values)
{
    *(bool *)member = true;
}

static void none_set(const struct setting *row, struct config *config, void *member,
                     const struct settings_values *values)
{
    memory_free(*(char **)member);
    *(char **)member = NULL;
}

static int file_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_judge(wrong, text, *text == '\0' ? "expected the name of a file" : NULL);
}

char *setting_file_name(const struct config *config, const char *text, const struct place *place)
{
    const char *slash = config->file == NULL ? NULL : strrchr(config->file, '/');

    if (*text == '/' || place->line == 0 || slash == NULL)
        return memory_string(text);
    size_t directory = (size_t)(slash - config->file) + 1, size = directory + strlen(text) + 1;
    char *name = memory_new(size);
    snprintf(name, size, "%.*s%s", (int)directory, config->file, text);
    return name;
}

static void file_set(const struct setting *row, struct config *config, void *member,
                     const struct settings_values *values)
{
    memory_free(*(char **)member);
    *(char **)member = setting_file_name(config, values->texts[0], &values->places[0]);
}

static int target_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    if (*text != '/')
        return setting_judge(wrong, text, "it must begin with /");
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == '#')
            return setting_judge(wrong, text,
                                 "it holds a byte that must be written as % and two digits");
    return 0;
}

static void target_set(const struct setting *row, struct config *config, void *member,
                       const struct settings_values *values)
{
    memory_free(*(char **)member);
    *(char **)member = memory_string(values->texts[0]);
}

static int string_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_judge(wrong, text, *text == '\0' ? "expected some text" : NULL);
}

static void string_set(const struct setting *row, struct config *config, void *member,
                       const struct settings_values *values)
{
    *(const char **)member = pool_text(config->pool, text_of(values->texts[0])).at;
}

const struct setting_kind setting_bool = {bool_check, bool_set, false, false};
const struct setting_kind setting_off = {off_check, off_set, false, false};
const struct setting_kind setting_none = {off_check, none_set, false, false};
const struct setting_kind setting_file = {file_check, file_set, false, false};
const struct setting_kind setting_target = {target_check, target_set, false, false};
const struct setting_kind setting_string = {string_check, string_set, false, false};
