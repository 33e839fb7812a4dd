/* Memory that is not in a pool: each allocation is freed by itself. Allocating never fails: the
 * process ends when there is no memory. */
#ifndef BFF_BASE_MEMORY_H
#define BFF_BASE_MEMORY_H

#include <stddef.h>

void *memory_new(size_t bytes);                           /* cleared */
void *memory_new_aligned(size_t alignment, size_t bytes); /* cleared; alignment: a power of 2 */
void *memory_grow(void *old, size_t bytes);
char *memory_string(const char *string); /* a copy */
void memory_free(void *memory);          /* does nothing for NULL */

#endif
