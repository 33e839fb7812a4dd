/* See kind.h. Switches, text that is kept as it is, and functions for other kinds. */
#include <stdio.h>

#include "bff/config/kind.h"

#define NAME_MAX_BYTES 64

static void bool_read(struct settings_input *input)
{
    bool is_on = strcmp(input->text, "true") == 0;

    if (is_on || strcmp(input->text, "false") == 0)
        *(bool *)input->member = is_on;
    else
        settings_refuse_value(input, 0, "expected true or false");
}

/* Refuses any other text. */
static bool is_off(struct settings_input *input)
{
    if (strcmp(input->text, "off") != 0)
        settings_refuse_value(input, 0, "expected off, or a mapping of its settings");
    return !input->is_wrong;
}

static void off_read(struct settings_input *input)
{
    if (is_off(input))
        *(bool *)input->member = true;
}

/* "off" needs no member, because it is the default. */
static void only_off_read(struct settings_input *input) { (void)is_off(input); }

static void no_number_read(struct settings_input *input)
{
    if (is_off(input))
        *(unsigned *)input->member = 0;
}

static void no_pointer_read(struct settings_input *input)
{
    const void *none = NULL;

    if (is_off(input))
        memcpy(input->member, &none, sizeof(none));
}

char *kind_file_name(struct settings_input *input, size_t which)
{
    const char *name = input->values->texts[which], *file = input->config->file;
    const char *slash = file == NULL ? NULL : strrchr(file, '/');
    size_t directory = slash == NULL ? 0 : (size_t)(slash - file) + 1;

    if (*name == '\0')
        settings_refuse_value(input, which, "expected the name of a file");
    if (*name == '/' || input->values->places[which].line == 0)
        directory = 0;
    char *whole = (char *)pool_print(input->config->pool, "%.*s%s", (int)directory, file, name).at;
    if (*name != '\0')
        config_add_file(input->config, whole);
    return whole;
}

static void one_file_read(struct settings_input *input)
{
    char *name = kind_file_name(input, 0);

    if (!input->is_wrong)
        *(char **)input->member = name;
}

/* Texts are compared with texts that have neither. */
static const char *string_words(struct text text)
{
    if (text.len == 0)
        return "expected some text";
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return "it has a control byte, such as a line end or a tab";
    return text_equal(text, text_trim(text)) ? NULL : "it begins or ends with a space";
}

static void string_read(struct settings_input *input)
{
    const char *words = string_words(text_of(input->text));

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(const char **)input->member = pool_text(input->config->pool, text_of(input->text)).at;
}

static void text_read(struct settings_input *input)
{
    const char *words = string_words(text_of(input->text));

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = pool_text(input->config->pool, text_of(input->text));
}

/* Names are parts of keys in Redis, of header fields and of messages. */
static void name_read(struct settings_input *input)
{
    struct text name = text_of(input->text);
    bool is_good = name.len > 0 && name.len <= NAME_MAX_BYTES;

    for (size_t i = 0; i < name.len; i++) {
        char c = text_lower_char(name.at[i]);
        is_good &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    if (is_good)
        *(struct text *)input->member = pool_text(input->config->pool, name);
    else
        settings_refuse_value(input, 0, "expected 1 to 64 letters, digits, - and _");
}

int kind_choice(struct settings_input *input, const char *const *words)
{
    char sentence[KIND_SENTENCE_SIZE] = "expected ";
    size_t len = strlen(sentence);

    for (size_t i = 0; words[i] != NULL && len < sizeof(sentence); i++) {
        const char *before = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        if (text_equal_nocase(text_of(input->text), text_of(words[i])))
            return (int)i;
        len += (size_t)snprintf(sentence + len, sizeof(sentence) - len, "%s%s", before, words[i]);
    }
    settings_refuse_value(input, 0, sentence);
    return -1;
}

struct trusted_network *kind_networks(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct trusted_network *networks =
        pool_zero(input->config->pool, values->count * sizeof(*networks));

    for (size_t i = 0; i < values->count; i++) {
        const char *words = trusted_read(text_of(values->texts[i]), &networks[i]);
        if (words != NULL)
            settings_refuse_value(input, i, words);
    }
    return input->is_wrong ? NULL : networks;
}

struct text kind_lower(struct pool *pool, struct text text)
{
    char *bytes = pool_take(pool, text.len + 1);

    text_lower(bytes, text);
    bytes[text.len] = '\0';
    return (struct text){bytes, text.len};
}

const struct settings_kind kind_bool = {.read = bool_read};
const struct settings_kind kind_off = {.read = off_read};
const struct settings_kind kind_only_off = {.read = only_off_read};
const struct settings_kind kind_no_number = {.read = no_number_read};
const struct settings_kind kind_no_pointer = {.read = no_pointer_read};
const struct settings_kind kind_file = {.read = one_file_read};
const struct settings_kind kind_string = {.read = string_read};
const struct settings_kind kind_text = {.read = text_read};
const struct settings_kind kind_name = {.read = name_read};
