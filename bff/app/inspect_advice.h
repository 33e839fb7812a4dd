/* The page /__bff/advice: which parts make the composites slow (bff/record/record_advice.h). */
#ifndef BFF_APP_INSPECT_ADVICE_H
#define BFF_APP_INSPECT_ADVICE_H

#include "bff/app/inspect_request.h"

/* Answers with the advice for each composite, from the newest recorded requests. */
enum step_result inspect_advice_get(struct inspect_request *inspect);

#endif
