/* The kinds of values that setting_value.c chooses from, by what they are about. */
#ifndef BFF_CONFIG_KIND_H
#define BFF_CONFIG_KIND_H

#include "bff/config/setting_value.h"

/*
 *   check       as setting_value_check
 *   set         as setting_value_set; ${member} is at the row's offset of its owner
 *   is_list     several values may stand there
 *   is_mapping  names and values stand there; each comes as "name: value"
 */
struct setting_kind {
    int (*check)(const struct setting *row, const char *text, struct setting_wrong *wrong);
    void (*set)(const struct setting *row, struct config *config, void *member,
                const struct settings_values *values);
    bool is_list;
    bool is_mapping;
};

extern const struct setting_kind setting_number;
extern const struct setting_kind setting_listens, setting_endpoints, setting_origins,
    setting_networks;
extern const struct setting_kind setting_bool, setting_off, setting_none, setting_file,
    setting_target, setting_string;
extern const struct setting_kind setting_secret, setting_algorithms, setting_key_files;
extern const struct setting_kind setting_path, setting_service, setting_access, setting_methods,
    setting_host;
extern const struct setting_kind setting_field_name, setting_field_value, setting_fields,
    setting_field_names;

/* Writes "${text}": ${words}; returns -1. With words of NULL nothing is wrong: 0. */
int setting_judge(struct setting_wrong *wrong, const char *text, const char *words);

/* A name in the file is relative to the file, so that it does not matter where one starts. */
char *setting_file_name(const struct config *config, const char *text, const struct place *place);

/* ${text} in lower case, in ${pool}. */
struct text setting_lower(struct pool *pool, struct text text);

#endif
