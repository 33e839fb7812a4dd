/*
 * Mistakes in this program. must() states a condition that is always true. It is active in
 * production, too: if the condition is false, it prints the place, the condition and the id of the
 * current request, and ends the process. Failures of clients, services, files and the network are
 * values (reason.h), never a must().
 */
#ifndef BFF_BASE_CHECK_H
#define BFF_BASE_CHECK_H

#include "bff/base/text.h"

#define must(condition)                                                                            \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, __func__, #condition))

void check_failed(const char *file, int line, const char *function, const char *condition)
    __attribute__((noreturn, cold));

/*
 * Sets the id of the request that this thread works on, for the message of a failed must(). An
 * absent ${id} means no request. ${id} must stay valid until the next call.
 */
void check_working_on(struct text id);

#endif
