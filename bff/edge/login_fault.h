/* Why a token is not good: for the operator's log only. A client is not told, because the reason
 * would help it to make a better forgery. */
#ifndef BFF_EDGE_LOGIN_FAULT_H
#define BFF_EDGE_LOGIN_FAULT_H

enum login_fault {
    LOGIN_FAULT_NONE,        /* it is good, or there is none */
    LOGIN_FAULT_MALFORMED,   /* no signed token that can be read, or a claim is missing or wrong */
    LOGIN_FAULT_UNKNOWN_KEY, /* there is no key for its algorithm, or with its kid */
    LOGIN_FAULT_SIGNATURE,   /* its signature is not by the key that it names */
    LOGIN_FAULT_ISSUER,      /* its iss is another one */
    LOGIN_FAULT_TYPE,        /* its typ is not the one that is demanded */
    LOGIN_FAULT_AUDIENCE,    /* its aud does not contain ours */
    LOGIN_FAULT_EXPIRED,     /* its exp has passed */
    LOGIN_FAULT_NOT_YET,     /* its nbf is in the future */
    LOGIN_FAULT_REVOKED,     /* it is good, but it was revoked */
    LOGIN_FAULT_COUNT,
};

/* Returns the name in the log, "unknown_key"; NULL for LOGIN_FAULT_NONE. */
const char *login_fault_name(enum login_fault fault);

#endif
