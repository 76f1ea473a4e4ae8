/* SPDX-License-Identifier: ISC */
/*
 * A decision as one JSON document, `warder.verdict/1`, with every member
 * always there. For `policy eval` and the tests; made from a case.
 */
#ifndef WARDER_CTL_POLICY_DOCUMENT_H
#define WARDER_CTL_POLICY_DOCUMENT_H

#include "ctl/policy_case.h"

/*
 * Reads the policy of the case, checks it, decides, and makes the document
 * (cJSON_Delete() it). ENOMEM.
 */
WARDER_MUST_CHECK int policy_document_make(
    struct policy_case *pcase, cJSON **ret_document);

/* The same without the checker: whatever reads decides. For tests. */
WARDER_MUST_CHECK int policy_document_decide(
    struct policy_case *pcase, cJSON **ret_document);

#endif
