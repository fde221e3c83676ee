/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the OpenAI evals importer: lines of a log, samples.
 */
#ifndef INGEST_IMP_OPENAI_EVALS_H
#define INGEST_IMP_OPENAI_EVALS_H

#include "ingest/importer.h"

/* Parts: first, under an empty order, {"spec": [run, model, task, created_at, split]}; then the events as they stand. */
enum status openai_evals_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err);

#endif
