/* See rehearsal.h. */
#include <stdio.h>

#include "bff/app/rehearsal.h"
#include "bff/app/rehearsal_answer.h"
#include "bff/app/rehearsal_check.h"
#include "bff/app/rehearsal_files.h"
#include "bff/app/rehearsal_handlers.h"
#include "bff/app/rehearsal_index.h"
#include "bff/app/rehearsal_outcomes.h"
#include "bff/app/rehearsal_server.h"
#include "bff/app/rehearsal_token.h"
#include "bff/app/rehearsal_values.h"
#include "bff/app/serve.h"
#include "bff/base/text_builder.h"
#include "bff/compose/typescript.h"

#define SHOWN_MAX ((size_t)200) /* bytes of an answer in a message */

static int complain(const struct rehearsal *rehearsal, const char *words, int status)
{
    fprintf(stderr, "--rehearse %s: %s\n", rehearsal->generation->config.rehearsal.composite,
            words);
    return status;
}

/* The composite. */

/* "Dashboard" is "dashboard". */
static struct text name_of(struct pool *pool, const struct types_page *page)
{
    char *name = (char *)pool_text(pool, page->name).at;

    name[0] = text_lower_char(name[0]);
    return (struct text){name, page->name.len};
}

static bool is_named(struct rehearsal *rehearsal, const struct types_page *page)
{
    struct text asked = text_of(rehearsal->generation->config.rehearsal.composite);

    return text_equal_nocase(asked, page->name) ||
           text_equal(asked, text_of(page->plan->composite->route));
}

/* Returns NULL, or a sentence that names all composites. */
static const char *find(struct rehearsal *rehearsal)
{
    const struct types *types = rehearsal->types;
    struct text_builder out;

    text_builder_init(&out, rehearsal->pool, 128);
    text_builder_add(&out, TEXT("there is no such composite; there are "));
    for (size_t i = 0; i < types->page_count; i++) {
        struct text name = name_of(rehearsal->pool, &types->pages[i]);
        text_builder_add(&out, i == 0 ? TEXT("") : TEXT(", "));
        text_builder_add(&out, name);
        if (!is_named(rehearsal, &types->pages[i]))
            continue;
        rehearsal->page = &types->pages[i];
        rehearsal->plan = rehearsal->page->plan;
        rehearsal->name = name;
        return NULL;
    }
    text_builder_add(&out, (struct text){"", 1});
    return text_builder_text(&out).at;
}

static const char *begin(struct rehearsal *rehearsal)
{
    const struct config_rehearsal *asked = &rehearsal->generation->config.rehearsal;
    const char *wrong = find(rehearsal);

    if (wrong != NULL)
        return wrong;
    if (rehearsal->plan->composite->access == BFF_KEY)
        return "it is for requests with an API key, and the mock services have none";
    rehearsal->out =
        asked->out != NULL
            ? asked->out
            : pool_print(rehearsal->pool, "rehearsal/%.*s", TEXT_ARGS(rehearsal->name)).at;
    return rehearsal_values_begin(rehearsal);
}

/* Asking. */

/* Asks with the records number ${attempt}. Returns NULL, or a sentence. */
static const char *try_first(struct rehearsal *rehearsal, const struct process *process,
                             size_t attempt)
{
    const char *wrong = rehearsal_values_set(rehearsal, process, attempt);

    if (wrong != NULL)
        return wrong;
    rehearsal->token = rehearsal_token_make(rehearsal);
    return rehearsal_answer_ask(rehearsal, &rehearsal->outcomes[0]);
}

/* Finds parameters with which everything is well. Returns NULL, or a sentence. */
static const char *ask_first(struct rehearsal *rehearsal, const struct process *process)
{
    const struct rehearsal_outcome *ok = &rehearsal->outcomes[0];
    const char *wrong = NULL;

    for (size_t i = 0; i < REHEARSAL_RECORDS && wrong == NULL; i++) {
        wrong = try_first(rehearsal, process, i);
        if (wrong != NULL && i == 0)
            return wrong;
        if (wrong == NULL && rehearsal_answer_is_whole(ok))
            return NULL;
    }
    size_t len = ok->body.len < SHOWN_MAX ? ok->body.len : SHOWN_MAX;
    return pool_print(rehearsal->pool,
                      "without a failure, the answer is %d: %.*s; say --with or --body", ok->status,
                      (int)len, ok->body.at)
        .at;
}

static const char *ask_all(struct rehearsal *rehearsal, const struct process *process)
{
    const char *wrong = ask_first(rehearsal, process);

    for (size_t i = 1; i < rehearsal->count && wrong == NULL; i++)
        wrong = rehearsal_answer_ask(rehearsal, &rehearsal->outcomes[i]);
    return wrong;
}

/* Writing. */

static void print_types(const struct rehearsal *rehearsal, FILE *file)
{
    typescript_print(&rehearsal->generation->pages, file);
}

static const char *write_all(const struct rehearsal *rehearsal)
{
    static const struct {
        const char *name;
        void (*print)(const struct rehearsal *rehearsal, FILE *file);
    } files[] = {
        {"handlers.js", rehearsal_handlers_print},
        {"handlers.d.ts", rehearsal_handlers_types},
        {"types.ts", print_types},
        {"index.html", rehearsal_index_print},
    };
    const char *wrong = rehearsal_files_begin(rehearsal);

    if (wrong == NULL)
        wrong = rehearsal_files_answers(rehearsal);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && wrong == NULL; i++)
        wrong = rehearsal_files_write(rehearsal, files[i].name, files[i].print);
    return wrong;
}

static int finish(struct rehearsal *rehearsal)
{
    const char *wrong = write_all(rehearsal);

    if (wrong != NULL)
        return complain(rehearsal, pool_print(rehearsal->pool, "%s: %s", rehearsal->out, wrong).at,
                        EXIT_MISMATCH);
    for (size_t i = 0; i < rehearsal->count; i++)
        rehearsal_check(rehearsal, &rehearsal->outcomes[i]);
    printf("%s: %s: %zu outcomes in %s, %zu differ from the types\n",
           rehearsal->generation->config.build->name, rehearsal->plan->composite->route,
           rehearsal->count, rehearsal->out, rehearsal->wrong);
    return rehearsal->wrong == 0 ? 0 : EXIT_MISMATCH;
}

static int run(struct rehearsal *rehearsal)
{
    const char *wrong = begin(rehearsal);

    if (wrong != NULL)
        return complain(rehearsal, wrong, EXIT_CONFIG);
    rehearsal_outcomes_make(rehearsal);
    struct process *process = rehearsal_server_start(rehearsal);
    if (process == NULL)
        return EXIT_CONFIG;
    wrong = ask_all(rehearsal, process);
    rehearsal_server_stop(process);
    return wrong != NULL ? complain(rehearsal, wrong, EXIT_CONFIG) : finish(rehearsal);
}

int rehearsal(struct generation *generation)
{
    struct pool *pool = pool_new();
    struct rehearsal rehearsal = {.pool = pool, .generation = generation};

    rehearsal.types = types_make(pool, &generation->pages);
    int status = run(&rehearsal);
    pool_free(pool);
    generation_release(generation);
    return status;
}
