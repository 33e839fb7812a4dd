/* See shape_files.h. */
#include "bff/base/suggest.h"
#include "bff/compose/shape_files.h"

#define REFS_MAX 16 /* a schema that is a $ref to a $ref to ... */

static const char *const defs_path = "#/$defs/";

/* Returns "; did you mean \"user\"?", or an empty text. */
static const char *suggestion(struct pool *pool, struct text wrong, const char *const *names,
                              size_t count)
{
    const char *near = suggest_name(wrong, names, count);

    return near == NULL ? "" : pool_print(pool, "; did you mean \"%s\"?", near).at;
}

static const struct shape_file *find_file(const struct shape_files *files, struct pool *pool,
                                          struct text name, const char **wrong)
{
    const char **names = pool_zero(pool, (files->count + 1) * sizeof(*names));

    for (size_t i = 0; i < files->count; i++) {
        if (text_equal(files->rows[i].name, name))
            return &files->rows[i];
        names[i] = pool_text(pool, files->rows[i].name).at;
    }
    *wrong = pool_print(pool, "there is no file \"%.*s\" in clients%s", TEXT_SHOWN(name),
                        suggestion(pool, name, names, files->count))
                 .at;
    return NULL;
}

static const struct shape_def *find_def(const struct shape_file *file, struct pool *pool,
                                        struct text name, const char **wrong)
{
    const char **names = pool_zero(pool, (file->def_count + 1) * sizeof(*names));
    size_t count = 0;

    for (size_t i = 0; i < file->def_count; i++) {
        if (text_equal(file->defs[i].name, name))
            return &file->defs[i];
        if (file->defs[i].name.at != NULL)
            names[count++] = pool_text(pool, file->defs[i].name).at;
    }
    *wrong = pool_print(pool, "%.*s has no \"%s%.*s\"%s", TEXT_SHOWN(file->name), defs_path,
                        TEXT_SHOWN(name), suggestion(pool, name, names, count))
                 .at;
    return NULL;
}

static const struct shape_def *find_once(const struct shape_files *files,
                                         const struct shape_file **file, struct pool *pool,
                                         struct text place, const char **wrong)
{
    struct text rest = place, name = text_cut(&rest, '#');
    struct text inside = {place.at + name.len, place.len - name.len};

    if (name.len > 0 || *file == NULL)
        *file = find_file(files, pool, name, wrong);
    if (*file == NULL)
        return NULL;
    if (inside.len <= 1)
        return &(*file)->defs[0];
    if (text_starts(inside, text_of(defs_path)))
        return find_def(*file, pool, text_after(inside, strlen(defs_path)), wrong);
    *wrong = pool_print(pool, "\"%.*s\" is no place in a file: \"%s#/$defs/user\"",
                        TEXT_SHOWN(place), name.len == 0 ? "" : "users.schema.json")
                 .at;
    return NULL;
}

const struct shape_def *shape_files_find(const struct shape_files *files,
                                         const struct shape_file *file, struct pool *pool,
                                         struct text place, const char **wrong)
{
    struct text at = place;

    for (size_t i = 0; i < REFS_MAX; i++) {
        const struct shape_def *def = find_once(files, &file, pool, at, wrong);
        if (def == NULL || !json_is(json_get(def->schema, "$ref"), JSON_STRING))
            return def;
        at = json_text(json_get(def->schema, "$ref"), pool);
    }
    *wrong =
        pool_print(pool, "\"%.*s\" refers to itself, or through too many others", TEXT_SHOWN(place))
            .at;
    return NULL;
}
