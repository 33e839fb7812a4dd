/* See rehearsal_files.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bff/app/rehearsal_files.h"
#include "bff/json/json_print.h"

#define DIRECTORY_MODE 0777

static const char *make_directory(const char *name)
{
    return mkdir(name, DIRECTORY_MODE) == 0 || errno == EEXIST ? NULL : strerror(errno);
}

const char *rehearsal_files_begin(const struct rehearsal *rehearsal)
{
    char *name = (char *)pool_print(rehearsal->pool, "%s", rehearsal->out).at;
    const char *wrong = NULL;

    for (char *slash = strchr(name + 1, '/'); slash != NULL && wrong == NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        wrong = make_directory(name);
        *slash = '/';
    }
    return wrong != NULL ? wrong : make_directory(name);
}

static FILE *open_file(const struct rehearsal *rehearsal, const char *name)
{
    return fopen(pool_print(rehearsal->pool, "%s/%s", rehearsal->out, name).at, "we");
}

static const char *close_file(FILE *file)
{
    bool is_bad = ferror(file) != 0;

    return fclose(file) != 0 || is_bad ? strerror(errno) : NULL;
}

const char *rehearsal_files_write(const struct rehearsal *rehearsal, const char *name,
                                  void (*print)(const struct rehearsal *rehearsal, FILE *file))
{
    FILE *file = open_file(rehearsal, name);

    if (file == NULL)
        return strerror(errno);
    print(rehearsal, file);
    return close_file(file);
}

/* An answer. */

static const char *write_answer(const struct rehearsal *rehearsal,
                                const struct rehearsal_outcome *outcome)
{
    const char *name = pool_print(rehearsal->pool, "%.*s.json", TEXT_ARGS(outcome->name)).at;
    FILE *file = open_file(rehearsal, name);

    if (file == NULL)
        return strerror(errno);
    fprintf(file, "{\n\"status\": %d,\n\"headers\": {%.*s},\n\"body\": %.*s\n}\n", outcome->status,
            TEXT_ARGS(outcome->fields), TEXT_ARGS(outcome->body));
    return close_file(file);
}

/* The index. */

static void print_words(struct json_print *out, const struct rehearsal *rehearsal,
                        const struct rehearsal_outcome *outcome)
{
    json_print_key(out, "parts");
    json_print_raw(out, TEXT("{"));
    for (size_t i = 0; i < rehearsal->plan->part_count; i++) {
        if (outcome->words[i].at == NULL)
            continue;
        json_print_key(out, rehearsal->plan->parts[i].row->name);
        json_print_string(out, outcome->words[i]);
    }
    json_print_raw(out, TEXT("}"));
}

static void print_outcome(struct json_print *out, const struct rehearsal *rehearsal,
                          const struct rehearsal_outcome *outcome)
{
    struct json partial = json_get(json_of(outcome->body), "partialFailure");

    json_print_raw(out, TEXT("{"));
    json_print_key(out, "name");
    json_print_string(out, outcome->name);
    json_print_key(out, "mock");
    if (outcome->clause.at == NULL)
        json_print_null(out);
    else
        json_print_string(out, outcome->clause);
    print_words(out, rehearsal, outcome);
    json_print_key(out, "status");
    json_print_int(out, outcome->status);
    json_print_key(out, "partialFailure");
    json_print_bool(out, json_is(partial, JSON_TRUE));
    json_print_raw(out, TEXT("}"));
}

static void print_index(const struct rehearsal *rehearsal, FILE *file)
{
    struct json_print out;

    json_print_init(&out, rehearsal->pool);
    json_print_raw(&out, TEXT("{"));
    json_print_key(&out, "composite");
    json_print_string(&out, rehearsal->name);
    json_print_key(&out, "route");
    json_print_string(&out, text_of(rehearsal->plan->composite->route));
    json_print_key(&out, "path");
    json_print_string(&out, rehearsal->path);
    json_print_raw(&out, TEXT(",\"outcomes\":["));
    for (size_t i = 0; i < rehearsal->count; i++) {
        json_print_raw(&out, i == 0 ? TEXT("\n") : TEXT(",\n"));
        print_outcome(&out, rehearsal, &rehearsal->outcomes[i]);
    }
    json_print_raw(&out, TEXT("\n]}\n"));
    struct text text = json_print_text(&out);
    fwrite(text.at, 1, text.len, file);
}

const char *rehearsal_files_answers(const struct rehearsal *rehearsal)
{
    const char *wrong = NULL;

    for (size_t i = 0; i < rehearsal->count && wrong == NULL; i++)
        wrong = write_answer(rehearsal, &rehearsal->outcomes[i]);
    return wrong != NULL ? wrong : rehearsal_files_write(rehearsal, "index.json", print_index);
}
