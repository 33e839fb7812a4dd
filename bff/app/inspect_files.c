/* See inspect_files.h. */
#include "bff/app/inspect_files.h"

static const struct {
    const char *end;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
};

const struct inspect_file *inspect_files_find(struct text name)
{
    if (name.len == 0)
        name = TEXT("index.html");
    for (const struct inspect_file *file = inspect_files; file->name != NULL; file++)
        if (text_is(name, file->name))
            return file;
    return NULL;
}

static bool has_end(struct text name, struct text end)
{
    return name.len > end.len && text_equal(text_after(name, name.len - end.len), end);
}

const char *inspect_files_type(const struct inspect_file *file)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (has_end(text_of(file->name), text_of(types[i].end)))
            return types[i].type;
    return "application/octet-stream";
}
