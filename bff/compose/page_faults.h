/* Reads what a client in mock mode asks for its parts (part_faults.h). For page.c. */
#ifndef BFF_COMPOSE_PAGE_FAULTS_H
#define BFF_COMPOSE_PAGE_FAULTS_H

#include <stdbool.h>

#include "bff/compose/page_serving.h"

/* Reads the header for mock services of serving->request into serving->faults. Without mock mode
 * there are none. Returns false when it has a mistake: then it has answered with 400. */
bool page_faults_take(struct page_serving *serving);

#endif
