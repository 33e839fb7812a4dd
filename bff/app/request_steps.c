/*
 * THE table of steps. See request_steps.h; docs/design.md says why in this order, under "Steps".
 *
 *   cors       gives every answer its CORS fields, refusals too
 *   guard      refuses what nothing behind it may see: 431, 400, 501, 414, 417, 413
 *   health     answers /health, /ready and /health/{service}
 *   route      finds the composite or the plain route; 400, 404 and 405 are decided, not yet sent
 *   preflight  answers a CORS preflight
 *              (here: limits by address, so that a 404 counts)
 *   found      answers what step_route decided: 400, 404, 405, OPTIONS
 *              (here: the session)
 *   login      who is the user: 400, 403
 *              (here: limits by user or key)
 *   access     may this user: 401, 403
 *   body       waits for the body, and refuses one that is too long for the route: 413
 *              (here: the cache)
 *   serve      hands the request to the composite or to the proxy
 */
#include "bff/app/request_steps.h"

const struct step request_steps[] = {
    {"cors", step_cors},
    {"guard", step_guard},
    {"health", step_health},
    {"route", step_route},
    {"preflight", step_preflight},
    {"found", step_found},
    {"login", step_login},
    {"access", step_access},
    {"body", step_body},
    {"serve", step_serve},
    {0},
};
