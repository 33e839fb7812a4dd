/* See setting_value.h. */
#include <stdio.h>

#include "bff/config/kind.h"

#include "bff/config/setting_value.h"

static const struct setting_kind *const kinds[] = {
    [SETTING_LISTENS] = &setting_listens,
    [SETTING_ENDPOINTS] = &setting_endpoints,
    [SETTING_ORIGINS] = &setting_origins,
    [SETTING_NETWORKS] = &setting_networks,
    [SETTING_DURATION] = &setting_number,
    [SETTING_SECONDS] = &setting_number,
    [SETTING_SIZE] = &setting_number,
    [SETTING_COUNT] = &setting_number,
    [SETTING_NUMBER] = &setting_number,
    [SETTING_WORKERS] = &setting_number,
    [SETTING_BOOL] = &setting_bool,
    [SETTING_OFF] = &setting_off,
    [SETTING_NONE] = &setting_none,
    [SETTING_FILE] = &setting_file,
    [SETTING_TARGET] = &setting_target,
    [SETTING_STRING] = &setting_string,
    [SETTING_SECRET] = &setting_secret,
    [SETTING_ALGORITHMS] = &setting_algorithms,
    [SETTING_KEY_FILES] = &setting_key_files,
    [SETTING_PATH] = &setting_path,
    [SETTING_SERVICE] = &setting_service,
    [SETTING_ACCESS] = &setting_access,
    [SETTING_METHODS] = &setting_methods,
    [SETTING_HOST] = &setting_host,
    [SETTING_FIELD_NAME] = &setting_field_name,
    [SETTING_FIELD_VALUE] = &setting_field_value,
    [SETTING_FIELDS] = &setting_fields,
    [SETTING_FIELD_NAMES] = &setting_field_names,
};

int setting_value_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return kinds[row->type]->check(row, text, wrong);
}

void setting_value_set(const struct setting *row, struct config *config, void *owner,
                       const struct settings_values *values)
{
    kinds[row->type]->set(row, config, (char *)owner + row->offset, values);
}

bool setting_value_is_many(const struct setting *row)
{
    return kinds[row->type]->is_list || kinds[row->type]->is_mapping;
}

bool setting_value_is_mapping(const struct setting *row) { return kinds[row->type]->is_mapping; }

int setting_judge(struct setting_wrong *wrong, const char *text, const char *words)
{
    if (words == NULL)
        return 0;
    snprintf(wrong->words, sizeof(wrong->words), "\"%.100s\": %s", text, words);
    return -1;
}
