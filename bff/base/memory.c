/* See memory.h. */
#include <stdlib.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"

void *memory_new(size_t bytes)
{
    void *memory = calloc(1, bytes);

    must(memory != NULL);
    return memory;
}

void *memory_new_aligned(size_t alignment, size_t bytes)
{
    void *memory = NULL;

    must(posix_memalign(&memory, alignment, bytes) == 0);
    return memset(memory, 0, bytes);
}

void *memory_grow(void *old, size_t bytes)
{
    void *memory = realloc(old, bytes);

    must(memory != NULL);
    return memory;
}

char *memory_string(const char *string)
{
    size_t size = strlen(string) + 1;

    return memcpy(memory_new(size), string, size);
}

void memory_free(void *memory) { free(memory); }
