/* The texts of the columns .shape. See shape.h. */
#include "bff/base/suggest.h"
#include "bff/compose/shape_files.h"

static const struct {
    const char *word;
    unsigned kinds;
} table[] = {
    {"text", SHAPE_TEXT},    {"number", SHAPE_NUMBER}, {"integer", SHAPE_INTEGER},
    {"boolean", SHAPE_BOOL}, {"null", SHAPE_NULL},     {"object", SHAPE_OBJECT},
    {"list", SHAPE_LIST},    {"any", SHAPE_ANYTHING},
};

#define WORDS (sizeof(table) / sizeof(table[0]))

static const struct shape *find_word(struct pool *pool, struct text word, const char **wrong)
{
    const char *names[WORDS];

    for (size_t i = 0; i < WORDS; i++) {
        if (text_is(word, table[i].word)) {
            struct shape *shape = shape_new(pool, table[i].kinds);
            shape->rest = SHAPE_REST_ANY;
            return shape;
        }
        names[i] = table[i].word;
    }
    const char *near = suggest_name(word, names, WORDS);
    struct text words =
        near != NULL
            ? pool_print(pool, "\"%.*s\" is no kind; did you mean \"%s\"?", TEXT_SHOWN(word), near)
            : pool_print(pool,
                         "\"%.*s\" is neither a kind, such as text, nor a place, such "
                         "as users.schema.json#/$defs/user",
                         TEXT_SHOWN(word));
    *wrong = words.at;
    return NULL;
}

static const struct shape *find_one(const struct shape_files *files, struct pool *pool,
                                    struct text word, const char **wrong)
{
    bool is_list = word.len > 2 && memcmp(word.at + word.len - 2, "[]", 2) == 0;
    const struct shape *found;

    if (is_list)
        word.len -= 2;
    if (memchr(word.at, '.', word.len) == NULL && memchr(word.at, '#', word.len) == NULL) {
        found = find_word(pool, word, wrong);
    } else {
        const struct shape_def *def = shape_files_find(files, NULL, pool, word, wrong);
        found = def == NULL ? NULL : def->shape;
    }
    return found == NULL || !is_list ? found : shape_list_of(pool, found);
}

const struct shape *shape_find(const struct shape_files *files, struct pool *pool,
                               struct text words, const char **wrong)
{
    const struct shape *all = NULL;

    for (struct text rest = words; rest.at != NULL;) {
        const struct shape *one = find_one(files, pool, text_cut(&rest, '|'), wrong);
        if (one == NULL)
            return NULL;
        all = all == NULL ? one : shape_either(pool, all, one);
    }
    return all;
}
