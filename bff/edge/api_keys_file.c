/*
 * See api_keys_file.h. The keys are found by their digests in a table with open addressing, which
 * is at most half full. The first bytes of a digest choose the place. A client cannot choose
 * places: to find keys whose SHA-256 have the same first bytes is possible, but what it would fill
 * with them is the operator's file. A look-up takes a time that depends on digests, and never on a
 * key. So its time says nothing about the keys of others: who learns a whole digest in this way
 * would still have to find a key for it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <h2o.h>

#include "bff/base/memory.h"
#include "bff/edge/api_keys_file.h"
#include "bff/edge/api_keys_file_rows.h"

struct row {
    struct api_key key;
    char *texts; /* of the key */
    unsigned char digest[API_KEY_DIGEST];
    struct api_keys_file_place place;
    bool is_disabled;
};

struct api_keys_file {
    struct published_object object;
    struct row *rows;
    size_t count, capacity;
    uint32_t *places; /* indexes of rows, plus 1; 0: empty */
    size_t mask;      /* number of places - 1 */
};

static struct api_keys_file *file_of(struct published_object *object)
{
    return H2O_STRUCT_FROM_MEMBER(struct api_keys_file, object, object);
}

static void dispose(struct published_object *object)
{
    struct api_keys_file *file = file_of(object);

    for (size_t i = 0; i < file->count; i++)
        memory_free(file->rows[i].texts);
    memory_free(file->rows);
    memory_free(file->places);
    memory_free(file);
}

struct published_object *api_keys_file_object(struct api_keys_file *file) { return &file->object; }

const struct api_keys_file *api_keys_file_of(const struct published_object *object)
{
    return H2O_STRUCT_FROM_MEMBER(struct api_keys_file, object, object);
}

void api_keys_file_release(struct api_keys_file *file)
{
    if (file != NULL)
        published_object_release(&file->object);
}

/* The table. */

static size_t place_of(const struct api_keys_file *file, const unsigned char *digest)
{
    size_t hash;

    memcpy(&hash, digest, sizeof(hash));
    return hash & file->mask;
}

/* Returns the place that has ${digest}, or the empty place where it would be. */
static uint32_t *find(const struct api_keys_file *file, const unsigned char *digest)
{
    size_t place = place_of(file, digest);

    while (file->places[place] != 0 &&
           memcmp(file->rows[file->places[place] - 1].digest, digest, API_KEY_DIGEST) != 0)
        place = (place + 1) & file->mask;
    return &file->places[place];
}

const struct api_key *api_keys_file_find(const struct api_keys_file *file,
                                         const unsigned char digest[API_KEY_DIGEST])
{
    uint32_t found = *find(file, digest);

    if (found == 0 || file->rows[found - 1].is_disabled)
        return NULL;
    return &file->rows[found - 1].key;
}

size_t api_keys_file_count(const struct api_keys_file *file) { return file->count; }

/* Puts all rows into the table. A digest that stands twice is a mistake. */
static void fill(struct api_keys_file *file, struct api_keys_file_rows *rows)
{
    size_t places = 2;

    while (places < 2 * file->count)
        places *= 2;
    file->mask = places - 1;
    file->places = memory_new(places * sizeof(*file->places));
    for (size_t i = 0; i < file->count; i++) {
        uint32_t *place = find(file, file->rows[i].digest);
        if (*place == 0)
            *place = (uint32_t)i + 1;
        else
            api_keys_file_rows_wrong(rows, file->rows[i].place,
                                     "its sha256 stands in line %zu already",
                                     file->rows[*place - 1].place.line);
    }
}

/* Reading. */

static struct row *new_row(struct api_keys_file *file)
{
    if (file->count == file->capacity) {
        file->capacity = file->capacity == 0 ? 64 : 2 * file->capacity;
        file->rows = memory_grow(file->rows, file->capacity * sizeof(*file->rows));
    }
    return &file->rows[file->count++];
}

/* Moves ${text} to ${*at}, and ${*at} behind it. */
static void move(struct text *text, char **at)
{
    if (text->len > 0)
        memcpy(*at, text->at, text->len);
    text->at = *at;
    *at += text->len;
}

/* Any thread may free the file. So its texts are not in a pool: libh2o keeps the memory of a pool
 * for the thread that frees it. */
static void keep_texts(struct row *row)
{
    struct api_key *key = &row->key;
    char *at = memory_new(key->name.len + key->user.len + key->roles.len + key->scopes.len + 1);

    row->texts = at;
    move(&key->name, &at);
    move(&key->user, &at);
    move(&key->roles, &at);
    move(&key->scopes, &at);
}

static void add(struct api_keys_file *file, const struct api_keys_settings *settings,
                struct api_keys_file_rows *rows)
{
    struct row *row = new_row(file);
    const char *wrong = NULL;

    *row = (struct row){.place = rows->place};
    enum api_key_reading reading =
        api_key_read(&rows->row, settings, rows->pool, &row->key, &wrong);
    keep_texts(row);
    row->is_disabled = reading == API_KEY_DISABLED;
    if (reading == API_KEY_WRONG)
        api_keys_file_rows_wrong(rows, row->place, "%s", wrong);
    if (rows->sha256.len == 0)
        api_keys_file_rows_wrong(rows, row->place, "its sha256 is missing");
    else if (api_key_digest_read(rows->sha256, row->digest) != 0)
        api_keys_file_rows_wrong(rows, row->place,
                                 "its sha256 is wrong: expected 64 hexadecimal digits, which "
                                 "--hash-key prints");
}

static void read_all(struct api_keys_file *file, const struct api_keys_settings *settings,
                     struct api_keys_file_rows *rows)
{
    while (api_keys_file_rows_next(rows)) {
        if (file->count == API_KEYS_FILE_MOST) {
            api_keys_file_rows_wrong(rows, rows->place, "expected at most %d keys",
                                     API_KEYS_FILE_MOST);
            return;
        }
        add(file, settings, rows);
    }
    if (rows->wrongs == 0)
        fill(file, rows);
}

struct api_keys_file *api_keys_file_read(const struct api_keys_settings *settings,
                                         const struct api_keys_file_listener *listener)
{
    struct api_keys_file *file;
    struct api_keys_file_rows rows;
    FILE *stream = fopen(settings->file, "re");
    char words[128];

    if (stream == NULL) {
        snprintf(words, sizeof(words), "cannot be read: %s", strerror(errno));
        listener->wrong(listener->cookie, (struct api_keys_file_place){0}, words);
        return NULL;
    }
    file = memory_new(sizeof(*file));
    published_object_init(&file->object, dispose);
    struct pool *pool = pool_new();
    api_keys_file_rows_begin(&rows, stream, pool, listener);
    read_all(file, settings, &rows);
    size_t wrongs = rows.wrongs;
    api_keys_file_rows_end(&rows);
    pool_free(pool);
    fclose(stream);
    if (wrongs == 0)
        return file;
    api_keys_file_release(file);
    return NULL;
}
