/* Memory that is freed on its own. Allocating never fails: without memory the process ends. */
#ifndef BFF_BASE_MEMORY_H
#define BFF_BASE_MEMORY_H

#include <stddef.h>

void *memory_new(size_t bytes);                           /* cleared */
void *memory_new_aligned(size_t alignment, size_t bytes); /* cleared; a power of two */
void *memory_grow(void *old, size_t bytes);
char *memory_string(const char *string); /* a copy */
void memory_free(void *memory);          /* NULL: nothing */

#endif
