/* The mock services of a process: --mock. They run from the start to the end of the process, so
 * that their data and their addresses stay when the configuration is read again. */
#ifndef BFF_APP_PROCESS_MOCKS_H
#define BFF_APP_PROCESS_MOCKS_H

#include "bff/app/process.h"

/*
 * Starts the mock services that ${config} asks for, and makes ${config} use them. Without a secret
 * in
 * ${config}, a random one is made, so that only this process accepts tokens of the mock services.
 * Without --mock it does nothing. Returns 0; or -1, and a message was printed to standard error.
 */
int process_mocks_start(struct process *process, struct config *config);

/* Makes ${config}, a later configuration, use the running mock services: their addresses are the
 * endpoints of the services, and their secret is the secret of the login. Without mock services it
 * does nothing. */
void process_mocks_use(const struct process *process, struct config *config);

#endif
