/* The page /__bff/build: the report of the program that builds this one while a developer works. */
#ifndef BFF_APP_INSPECT_BUILD_H
#define BFF_APP_INSPECT_BUILD_H

#include "bff/app/inspect_request.h"

/* Answers with the JSON of the file that the environment variable BFF_WATCH_REPORT names. Without
 * the variable or the file, or when it is no regular file, is longer than 64 KiB or is no JSON
 * object, the answer is {"state":"none"}. */
enum step_result inspect_build_get(struct inspect_request *inspect);

#endif
