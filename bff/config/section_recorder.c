/* recorder: which requests the flight recorder keeps. With mock services it is on. Otherwise it is
 * on when the file has the section. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, recorder.member)
#define NAMES_MAX 64 /* bytes of a name */

static void names_read(struct settings_input *input)
{
    size_t count = input->values->count;
    struct text *names = pool_zero(input->config->pool, (count + 1) * sizeof(*names));

    for (size_t i = 0; i < count; i++) {
        names[i] = pool_text(input->config->pool, text_of(input->values->texts[i]));
        if (names[i].len == 0 || names[i].len > NAMES_MAX)
            settings_refuse_value(input, i, "expected the name of a member, such as email");
    }
    if (input->is_wrong)
        return;
    input->config->recorder.redact = names;
    input->config->recorder.redact_count = count;
}

static void answers_read(struct settings_input *input)
{
    static const char *const words[] = {"watched", "always", NULL};
    static const enum record_answers answers[] = {RECORD_ANSWERS_WATCHED, RECORD_ANSWERS_ALWAYS};
    int which = kind_choice(input, words);

    if (which >= 0)
        *(enum record_answers *)input->member = answers[which];
}

static const struct settings_kind answers_kind = {.read = answers_read};

static const struct settings_kind names_kind = {.read = names_read, .is_list = true};

static const struct setting rows[] = {
    {"recorder", &kind_off, OF(is_off), .shown = "off, but on with --mock",
     .about = "the last requests, with their calls and answers, for /__bff/; or off"},
    {"recorder.requests", &kind_count, OF(requests), 1, 100000, .normal = "200",
     .about = "the most requests, of all workers together"},
    {"recorder.bytes", &kind_size, OF(bytes), 64 * UNITS_KIB, 4 * UNITS_GIB, .normal = "16MiB",
     .about = "the most bytes of them; the oldest requests go"},
    {"recorder.answers", &answers_kind, OF(answers), .shown = "watched; always with --mock",
     .about = "always: all requests are kept with their answers; watched: while nobody looks, of "
              "those that are whole one in eight, without its answers"},
    {"recorder.redact", &names_kind, .shown = "none",
     .about = "names whose values are not shown, besides password, token...: email, iban"},
    {0},
};

static void check(struct settings *settings)
{
    struct config *config = settings->config;
    struct record_settings *recorder = &config->recorder;

    if (recorder->answers == RECORD_ANSWERS_DEFAULT)
        recorder->answers =
            config->mock_dir != NULL ? RECORD_ANSWERS_ALWAYS : RECORD_ANSWERS_WATCHED;
    recorder->is_on = !recorder->is_off &&
                      (config->mock_dir != NULL || settings_mark(settings, "recorder", 0)->is_open);
}

const struct section section_recorder = {.rows = rows, .check = check};
