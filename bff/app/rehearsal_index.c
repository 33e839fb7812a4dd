/* See rehearsal_index.h. */
#include "bff/app/rehearsal_index.h"

#define STATUS_OK 200

static const char style[] =
    ":root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 16px/1.5 "
    "system-ui, "
    "sans-serif }\n"
    "body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem }\n"
    ".wide { overflow-x: auto }\n"
    "table { border-collapse: collapse; width: 100% }\n"
    "caption { text-align: left; padding-bottom: .5rem }\n"
    "th, td { border-bottom: 1px solid #8888; padding: .3rem .6rem; text-align: left; "
    "vertical-align: top }\n"
    "thead th { position: sticky; top: 0; background: Canvas }\n"
    ".fails { font-weight: 600; color: #a11; color: light-dark(#a11, #f99) }\n"
    "code { font-size: .9em }\n";

static void print_text(FILE *file, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '<')
            fputs("&lt;", file);
        else if (text.at[i] == '&')
            fputs("&amp;", file);
        else if (text.at[i] == '"')
            fputs("&quot;", file);
        else
            fputc(text.at[i], file);
    }
}

static void print_head(const struct rehearsal *rehearsal, FILE *file)
{
    const struct plan *plan = rehearsal->plan;

    fprintf(file,
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<title>Rehearsal of %.*s</title>\n<style>\n%s</style>\n<main>\n"
            "<h1>Rehearsal of %.*s</h1>\n<p><code>",
            TEXT_ARGS(rehearsal->name), style, TEXT_ARGS(rehearsal->name));
    print_text(file, text_of(plan->composite->route));
    fprintf(file, "</code>, asked as <code>");
    print_text(file, rehearsal->path);
    fprintf(file, "</code>: %zu outcomes of %zu parts.%s</p>\n", rehearsal->count, plan->part_count,
            plan->part_count > REHEARSAL_PARTS_MAX
                ? " It has too many parts for all sets of them: only one and two fail at a time."
                : "");
    fprintf(file,
            "<p>For programs: <a href=\"handlers.js\">handlers.js</a> (MSW and Storybook), "
            "<a href=\"types.ts\">types.ts</a>, <a href=\"index.json\">index.json</a>.</p>\n");
}

static void print_columns(const struct rehearsal *rehearsal, FILE *file)
{
    fprintf(file, "<div class=\"wide\" role=\"region\" aria-label=\"Outcomes\" tabindex=\"0\">\n"
                  "<table>\n<caption>Each row is an answer. The columns of the parts say what the "
                  "part was told to do.</caption>\n"
                  "<thead>\n<tr><th scope=\"col\">Outcome</th>");
    for (size_t i = 0; i < rehearsal->plan->part_count; i++) {
        const struct plan_part *part = &rehearsal->plan->parts[i];
        fprintf(file, "<th scope=\"col\">%.*s%s</th>", TEXT_ARGS(part->name),
                part->row->need == BFF_REQUIRED ? " (required)" : "");
    }
    fprintf(file, "<th scope=\"col\">Status</th><th scope=\"col\">partialFailure</th>"
                  "<th scope=\"col\">What the client sees</th></tr>\n</thead>\n<tbody>\n");
}

/* What the client sees. */

static void print_code(FILE *file, struct text text)
{
    fputs("<code>", file);
    print_text(file, text);
    fputs("</code>", file);
}

static void print_failure(const struct rehearsal *rehearsal, struct json body, FILE *file)
{
    print_text(file, json_text(json_get(body, "error"), rehearsal->pool));
    fputs(": ", file);
    print_code(file, json_text(json_get(body, "part"), rehearsal->pool));
    fputs(" has failed for the reason ", file);
    print_code(file, json_text(json_get(body, "reason"), rehearsal->pool));
}

/* Returns the value that the answer has in place of ${key}, a part or an item; absent: it shows
 * nothing of it. */
static struct text value_of(const struct rehearsal *rehearsal, struct text key)
{
    struct text place = key, name = text_cut(&place, '[');
    int part = plan_part(rehearsal->plan, name);

    if (part < 0 || rehearsal->plan->parts[part].row->place != BFF_MEMBER)
        return (struct text){0};
    return place.at != NULL ? TEXT("null") : json_raw(rehearsal->plan->parts[part].fallback);
}

static void print_errors(const struct rehearsal *rehearsal, struct json errors, FILE *file)
{
    struct json_walk walk = json_walk(errors);
    struct json error;
    const char *between = "";

    while (json_walk_next(&walk, &error)) {
        struct text key = json_key_text(walk.key, rehearsal->pool);
        struct text value = value_of(rehearsal, key);
        fputs(between, file);
        print_code(file, key);
        fputs(value.at == NULL ? " is missing" : " is ", file);
        if (value.at != NULL)
            print_code(file, value);
        between = ", ";
    }
}

static void print_seen(const struct rehearsal *rehearsal, const struct rehearsal_outcome *outcome,
                       FILE *file)
{
    struct json body = json_of(outcome->body), errors = json_get(body, "errors");

    if (outcome->status != STATUS_OK)
        print_failure(rehearsal, body, file);
    else if (json_is(errors, JSON_OBJECT))
        print_errors(rehearsal, errors, file);
    else
        fputs(outcome->clause.at == NULL ? "everything" : "everything: the part is not asked",
              file);
}

static void print_row(const struct rehearsal *rehearsal, const struct rehearsal_outcome *outcome,
                      FILE *file)
{
    struct json partial = json_get(json_of(outcome->body), "partialFailure");

    fprintf(file, "<tr><th scope=\"row\"><a href=\"%.*s.json\">%.*s</a></th>",
            TEXT_ARGS(outcome->name), TEXT_ARGS(outcome->name));
    for (size_t i = 0; i < rehearsal->plan->part_count; i++) {
        struct text word = outcome->words[i];
        if (word.at == NULL)
            fputs("<td>ok</td>", file);
        else
            fprintf(file, "<td class=\"fails\">%.*s</td>", TEXT_ARGS(word));
    }
    fprintf(file, "<td>%d</td><td>%s</td><td>", outcome->status,
            json_is(partial, JSON_TRUE) ? "yes" : "no");
    print_seen(rehearsal, outcome, file);
    fputs("</td></tr>\n", file);
}

void rehearsal_index_print(const struct rehearsal *rehearsal, FILE *file)
{
    print_head(rehearsal, file);
    print_columns(rehearsal, file);
    for (size_t i = 0; i < rehearsal->count; i++)
        print_row(rehearsal, &rehearsal->outcomes[i], file);
    fputs("</tbody>\n</table>\n</div>\n</main>\n</html>\n", file);
}
