/* SPDX-License-Identifier: MIT
 *
 * The one function of a fuzz target; libFuzzer's driver calls it, or replay.c does.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where the input comes from, told by replay.c in $FUZZ_SEED: the seed's path while it is cut or changed, absent for whole
 * seeds and under a fuzzer. A target may then leave out what that seed can not reach. */
#define FUZZ_SEED "FUZZ_SEED"

#endif
