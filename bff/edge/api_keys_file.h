/*
 * The API keys of a file: a YAML or JSON list of mappings.
 *
 *     - { name: shop, sha256: 0a1b..., plan: basic, user: u1, role: admin, scopes: [read, write] }
 *     - { name: till, sha256: 2c3d..., disabled: true }
 *
 * The file is read once, at the start. The result never changes, so all workers read it
 * (published.h).
 */
#ifndef BFF_EDGE_API_KEYS_FILE_H
#define BFF_EDGE_API_KEYS_FILE_H

#include <stddef.h>

#include "bff/base/published.h"
#include "bff/edge/api_key.h"
#include "bff/edge/api_keys_settings.h"

#define API_KEYS_FILE_MOST 100000 /* keys */

struct api_keys_file;

/* A line and a column of the file, both from 1; 0: the file as a whole. */
struct api_keys_file_place {
    size_t line, column;
};

/* ${wrong} is called for each mistake in a file. ${words} do not repeat the text of the file,
 * because that may be a key. */
struct api_keys_file_listener {
    void (*wrong)(void *cookie, struct api_keys_file_place place, const char *words);
    void *cookie;
};

/* Reads settings->file. Returns NULL after one mistake or more. */
struct api_keys_file *api_keys_file_read(const struct api_keys_settings *settings,
                                         const struct api_keys_file_listener *listener);

/* Returns the file as an object that can be published, which is the same object. */
struct published_object *api_keys_file_object(struct api_keys_file *file);
const struct api_keys_file *api_keys_file_of(const struct published_object *object);

/* Drops a reference. NULL: does nothing. */
void api_keys_file_release(struct api_keys_file *file);

/* Returns the key with ${digest}; NULL: there is none, or it is disabled. It lives as long as the
 * file. */
const struct api_key *api_keys_file_find(const struct api_keys_file *file,
                                         const unsigned char digest[API_KEY_DIGEST]);

/* Returns the number of keys. */
size_t api_keys_file_count(const struct api_keys_file *file);

#endif
