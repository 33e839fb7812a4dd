/* Reads the file of API keys key by key, as libyaml's events: no tree of the whole file is made. A
 * part of api_keys_file.c. */
#ifndef BFF_EDGE_API_KEYS_FILE_ROWS_H
#define BFF_EDGE_API_KEYS_FILE_ROWS_H

#include <stdio.h>

#include <yaml.h>

#include "bff/edge/api_keys_file.h"

#define API_KEYS_FILE_WRONGS_MOST 100 /* more mistakes are not reported */

struct api_keys_file_rows {
    /* The key that was read last. */
    struct api_key_row row;
    struct text sha256;
    struct api_keys_file_place place; /* where it begins */

    size_t wrongs; /* mistakes so far */

    /* api_keys_file_rows.c's own */
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    bool has_begun;
    struct pool *pool;
    const struct api_keys_file_listener *listener;
};

/* The texts of rows are in ${pool}. ${stream} and ${listener} are borrowed until the end. */
void api_keys_file_rows_begin(struct api_keys_file_rows *rows, FILE *stream, struct pool *pool,
                              const struct api_keys_file_listener *listener);

/* Reads the next key. Returns false after the last one, and when the rest cannot be read. */
bool api_keys_file_rows_next(struct api_keys_file_rows *rows);

/* Reports a mistake. */
void api_keys_file_rows_wrong(struct api_keys_file_rows *rows, struct api_keys_file_place place,
                              const char *format, ...) __attribute__((format(printf, 3, 4)));

void api_keys_file_rows_end(struct api_keys_file_rows *rows);

#endif
