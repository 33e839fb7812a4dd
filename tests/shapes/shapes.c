/*
 * Compares records with the schemas of clients:
 *
 *     bff-shapes clients/samples.txt fixtures/data
 *
 * The first file says which records have which shape. Prints a line for each member that does not
 * fit, with the file and the path, and exits with 1 then. Every build runs it (CMakeLists.txt
 * here).
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/file.h"
#include "bff/compose/compose.h"
#include "bff/compose/shape.h"
#include "clients/schemas.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define DEPTH_MAX 128

struct run {
    struct pool *pool;
    const struct shape_files *files;
    const char *folder; /* of the records */
    const char *file;   /* that is being compared */
    struct json root;
    unsigned wrong;
    size_t compared, records;
};

static void complain(struct run *run, const char *where, const char *words)
{
    fprintf(stderr, "%s: %s\n", where, words);
    run->wrong++;
}

static struct text read_file(struct run *run, const char *file)
{
    char *bytes = pool_take(run->pool, FILE_MAX + 1);
    ssize_t len = file_read(file, bytes, FILE_MAX);

    if (len < 0)
        complain(run, file, strerror(errno));
    return (struct text){bytes, len < 0 ? 0 : (size_t)len};
}

/* Names the record by its "id", when the file is a list of records. */
static struct text record_of(struct run *run, struct text path)
{
    size_t place = 0;

    if (path.len < 2 || path.at[0] != '[')
        return (struct text){0};
    for (size_t i = 1; i < path.len && path.at[i] != ']'; i++)
        place = place * 10 + (size_t)(path.at[i] - '0');
    struct json record = json_item(run->root, place);
    struct json id = json_get(record, "id");
    return json_text(json_is(id, JSON_NONE) ? json_get(record, "productId") : id, run->pool);
}

static void tell(void *cookie, struct text path, struct text what)
{
    struct run *run = cookie;
    struct text record = record_of(run, path);

    fprintf(stderr, "%s: ", run->file);
    if (record.len > 0)
        fprintf(stderr, "record \"%.*s\": ", TEXT_ARGS(record));
    fprintf(stderr, "%.*s: %.*s\n", TEXT_ARGS(path), TEXT_ARGS(what));
    run->wrong++;
}

static void compare(struct run *run, const struct shape *shape, const char *file)
{
    struct text text = read_file(run, file);
    struct shape_check check = {.pool = run->pool, .tell = tell, .cookie = run};

    run->file = file;
    if (!json_scan_accepts(text.at, text.len, DEPTH_MAX)) {
        complain(run, file, "it is not JSON");
        return;
    }
    run->root = json_of(text);
    shape_check(&check, shape, run->root, TEXT(""));
    run->compared += check.compared;
    run->records += json_is(run->root, JSON_ARRAY) ? json_length(run->root) : 1;
}

static void compare_all(struct run *run, const struct shape *shape, struct text pattern)
{
    const char *path = pool_print(run->pool, "%s/%.*s", run->folder, TEXT_ARGS(pattern)).at;
    glob_t found = {0};

    if (glob(path, 0, NULL, &found) != 0)
        complain(run, path, "there is no such file");
    for (size_t i = 0; i < found.gl_pathc; i++)
        compare(run, shape, found.gl_pathv[i]);
    globfree(&found);
}

/* Cuts the first word off ${line}. */
static struct text next_word(struct text *line)
{
    *line = text_trim(*line);
    struct text word = text_cut(line, ' ');
    if (line->at == NULL)
        *line = TEXT("");
    return word;
}

static void run_line(struct run *run, struct text line)
{
    struct text shape_words = next_word(&line);
    const char *wrong = NULL;

    if (shape_words.len == 0 || shape_words.at[0] == '#' || shape_words.at[0] == ':')
        return;
    const struct shape *shape = shape_find(run->files, run->pool, shape_words, &wrong);
    if (shape == NULL) {
        complain(run, "clients/samples.txt", wrong);
        return;
    }
    for (struct text file = next_word(&line); file.len > 0; file = next_word(&line))
        compare_all(run, shape, file);
}

int main(int argc, char **argv)
{
    const struct bff_build build = {.name = "shapes", .schemas = &clients_schemas};
    struct run run = {.pool = pool_new()};

    if (argc != 3) {
        fprintf(stderr, "Usage: bff-shapes FILE DIR\n");
        return 2;
    }
    run.folder = argv[2];
    run.files = shape_files_read(run.pool, &build, stderr, &run.wrong);
    for (struct text rest = read_file(&run, argv[1]); rest.at != NULL && rest.len > 0;)
        run_line(&run, text_cut(&rest, '\n'));
    if (run.wrong == 0)
        printf("bff-shapes: %zu records fit, %zu values compared\n", run.records, run.compared);
    pool_free(run.pool);
    return run.wrong == 0 ? 0 : 1;
}
