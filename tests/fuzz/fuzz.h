/* SPDX-License-Identifier: MIT
 *
 * The one function of a fuzz target; libFuzzer's driver calls it, or replay.c does.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
