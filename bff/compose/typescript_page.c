/* See typescript_page.h. */
#include "bff/compose/types_fates.h"
#include "bff/compose/choice.h"
#include "bff/compose/typescript_page.h"

/* The text of the composite's route: "GET /api/dashboard/:userId". */
static const char *route_of(const struct types_page *page) { return page->plan->composite->route; }

static void print(const struct typescript_out *out, struct text text)
{
    fprintf(out->file, "%.*s", TEXT_ARGS(text));
}

/* Reasons. */

/* Prints the reasons as a union. Those that all calls have are one word. */
static void print_reasons(const struct typescript_out *out, unsigned reasons, bool is_first)
{
    unsigned calls = types_fates_of_calls();

    if ((reasons & calls) == calls) {
        fprintf(out->file, "%sCallReason", is_first ? "" : " | ");
        reasons &= ~calls;
        is_first = false;
    }
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        if ((reasons & (1u << i)) == 0)
            continue;
        fprintf(out->file, "%s'%s'", is_first ? "" : " | ", reason_name((enum reason)i));
        is_first = false;
    }
}

static void print_states(const struct typescript_out *out, struct types_fates fates)
{
    fprintf(out->file, "'ok'%s%s", fates.has_stale ? " | 'stale'" : "",
            fates.has_nothing ? " | 'nothing'" : "");
    print_reasons(out, fates.reasons, false);
}

/* The member errors. */

void typescript_page_errors(const struct typescript_out *out, const struct types_page *page)
{
    const struct plan *plan = page->plan;

    fprintf(out->file,
            "\n/** The parts that were rejected, and the items of list parts. */\n"
            "export interface %.*s {\n",
            TEXT_ARGS(types_name(out->types, page->errors)));
    for (size_t i = 0; i < plan->part_count; i++) {
        struct types_fates fates = types_fates_part(plan, i);
        if (fates.reasons == 0)
            continue;
        fprintf(out->file, "  ");
        typescript_type_key(out->file, plan->parts[i].name);
        fprintf(out->file, "?: PartError<");
        print_reasons(out, fates.reasons, true);
        fprintf(out->file, ">\n");
    }
    for (size_t i = 0; i < plan->part_count; i++) {
        if (plan->parts[i].row->many == 0)
            continue;
        fprintf(out->file, "  [item: `%s[${number}]`]: PartError<", plan->parts[i].row->name);
        print_reasons(out, types_fates_item(plan, i).reasons, true);
        fprintf(out->file, "> | undefined\n");
    }
    fprintf(out->file, "}\n");
}

/* The states of parts. */

/* Prints the state of an item. The shape of the part is a list. */
static void print_item(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    const struct shape *item = page->shapes->parts[i]->item;

    if (item != NULL && item->any_count == 2)
        item = item->any[0];
    fprintf(out->file, "PartState<");
    typescript_type_print(out, item == NULL ? &shape_anything : item, 1);
    fprintf(out->file, ", null, ");
    print_states(out, types_fates_item(page->plan, i));
    fprintf(out->file, ">");
}

static void print_list(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    fprintf(out->file, "ListState<");
    print_item(out, page, i);
    fprintf(out->file, ", ");
    typescript_type_print(out, page->shapes->parts[i], 1);
    fprintf(out->file, ", ");
    print(out, json_raw(page->plan->parts[i].fallback));
    fprintf(out->file, ", ");
    print_states(out, types_fates_part(page->plan, i));
    fprintf(out->file, ">");
}

static void print_hidden(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    fprintf(out->file, "HiddenState<");
    print_states(out, types_fates_part(page->plan, i));
    fprintf(out->file, ">");
}

/* Prints the members of the answer that a spread part gives. */
static void print_picked(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    const struct shape *shape = page->shapes->parts[i];

    fprintf(out->file, "Pick<%.*s, ", TEXT_ARGS(types_name(out->types, page->answer)));
    for (size_t m = 0; m < shape->member_count; m++) {
        fputs(m == 0 ? "" : " | ", out->file);
        typescript_type_text(out->file, shape->members[m].name);
    }
    fputs(shape->member_count == 0 ? "never>" : ">", out->file);
}

/* A spread part that was rejected gives the members of its fallback, if there are any: so those
 * of an optional part are optional in the answer. */
static void print_spread(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    bool is_required = page->plan->parts[i].row->need == BFF_REQUIRED;

    fprintf(out->file, "PartState<");
    print_picked(out, page, i);
    fprintf(out->file, ", ");
    if (is_required)
        fprintf(out->file, "never");
    else
        print_picked(out, page, i);
    fprintf(out->file, ", ");
    print_states(out, types_fates_part(page->plan, i));
    fprintf(out->file, ">");
}

/* Where null says that there was no value, a value of the state `ok` is one of the service. */
static void print_single(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    const struct plan_part *part = &page->plan->parts[i];
    struct types_fates fates = types_fates_part(page->plan, i);
    const struct shape *value =
        fates.has_nothing ? page->shapes->parts[i] : types_member(out->types, page, i);

    fprintf(out->file, "PartState<");
    typescript_type_print(out, value, 1);
    fprintf(out->file, ", ");
    print(out, fates.reasons == 0 ? TEXT("never") : json_raw(part->fallback));
    fprintf(out->file, ", ");
    print_states(out, fates);
    fprintf(out->file, ">");
}

static void print_part(const struct typescript_out *out, const struct types_page *page, size_t i)
{
    const struct bff_part *row = page->plan->parts[i].row;

    if (row->place == BFF_HIDDEN)
        print_hidden(out, page, i);
    else if (row->place == BFF_SPREAD)
        print_spread(out, page, i);
    else if (row->many > 0)
        print_list(out, page, i);
    else
        print_single(out, page, i);
}

void typescript_page_parts(const struct typescript_out *out, const struct types_page *page)
{
    const struct plan *plan = page->plan;

    fprintf(out->file,
            "\n/** What has become of the parts of %s. */\nexport interface %.*sParts {\n",
            route_of(page), TEXT_ARGS(page->name));
    for (size_t i = 0; i < plan->part_count; i++) {
        fprintf(out->file, "  ");
        typescript_type_key(out->file, plan->parts[i].name);
        fprintf(out->file, "%s: ", choice_may_omit(plan, i) ? "?" : "");
        print_part(out, page, i);
        fprintf(out->file, "\n");
    }
    fprintf(out->file, "}\n");
}

/* The row in Api. */

static void print_params(const struct typescript_out *out, const struct plan *plan)
{
    fprintf(out->file, "    params: {");
    for (size_t i = 0; i < plan->param_count; i++) {
        fputs(i == 0 ? " " : "; ", out->file);
        typescript_type_key(out->file, plan->params[i]);
        fprintf(out->file, ": string | number");
    }
    fputs(plan->param_count == 0 ? "}\n" : " }\n", out->file);
}

static void print_words(const struct typescript_out *out, struct text words)
{
    bool is_first = true;

    while (words.len > 0) {
        struct text word = text_cut(&words, ' ');
        if (word.len == 0)
            continue;
        fputs(is_first ? "" : " | ", out->file);
        typescript_type_text(out->file, word);
        is_first = false;
    }
}

/* The members that a client may ask for with "parts". */
static void print_choice(const struct typescript_out *out, const struct plan *plan)
{
    struct text *names;
    size_t count = choice_names(out->types->pool, plan, &names);

    fprintf(out->file, "      parts?: (");
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : " | ", out->file);
        typescript_type_text(out->file, names[i]);
    }
    fprintf(out->file, ")[]\n");
}

static void print_query(const struct typescript_out *out, const struct plan *plan)
{
    const struct bff_queries *query = &plan->composite->query;

    if (plan->query_count == 0 && !plan->composite->may_choose) {
        fprintf(out->file, "    query: {}\n");
        return;
    }
    fprintf(out->file, "    query: {\n");
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct bff_query *row = &query->rows[i];
        fprintf(out->file, "      ");
        typescript_type_key(out->file, text_of(row->name));
        fprintf(out->file, "?: ");
        if (row->words != NULL)
            print_words(out, text_of(row->words));
        else
            fputs(row->max > 0 ? "number" : "string", out->file);
        fprintf(out->file, "\n");
    }
    if (plan->composite->may_choose)
        print_choice(out, plan);
    fprintf(out->file, "    }\n");
}

void typescript_page_row(const struct typescript_out *out, const struct types_page *page)
{
    fprintf(out->file, "  '%s': {\n", route_of(page));
    print_params(out, page->plan);
    print_query(out, page->plan);
    fprintf(out->file, "    body: ");
    if (page->body != NULL)
        typescript_type_print(out, page->body, 2);
    else
        fputs(page->plan->changes ? "unknown" : "undefined", out->file);
    fprintf(out->file, "\n    answer: ");
    typescript_type_print(out, page->answer, 2);
    fprintf(out->file, "\n    parts: %.*sParts\n    failure: ", TEXT_ARGS(page->name));
    if (page->failure != NULL)
        typescript_type_print(out, page->failure, 2);
    else
        fprintf(out->file, "never");
    fprintf(out->file, "\n  }\n");
}
